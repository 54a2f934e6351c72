{{ config(alias='edition_trend') }}

{{ public_form('edition_trend') }}
