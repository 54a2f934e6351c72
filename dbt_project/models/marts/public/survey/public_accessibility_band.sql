{{ config(alias='accessibility_band') }}

{{ public_form('accessibility_band') }}
