{{ config(alias='score_distribution') }}

{{ public_form('score_distribution') }}
