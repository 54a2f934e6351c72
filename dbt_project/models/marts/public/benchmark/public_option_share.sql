{{ config(alias='option_share') }}

{{ public_form('option_share') }}
