{{ config(alias='strength_weakness') }}

{{ public_form('strength_weakness') }}
