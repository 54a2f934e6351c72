{{ config(alias='edition_comparison') }}

{{ public_form("edition_comparison", {"change": "value - previous_value"}) }}
