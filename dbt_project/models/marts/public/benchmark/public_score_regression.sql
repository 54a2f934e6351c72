{{ config(alias='score_regression') }}

{{ public_form('score_regression') }}
