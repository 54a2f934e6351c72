{{ config(alias='score_spread') }}

{{ public_form('score_spread') }}
