{{ config(alias='edition_growth') }}

{{ public_form('edition_growth') }}
