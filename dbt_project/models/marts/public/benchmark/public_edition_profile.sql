{{ config(alias='edition_profile') }}

{{ public_form('edition_profile') }}
