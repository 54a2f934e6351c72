{{ config(alias='accessibility_criterion') }}

{{ public_form('accessibility_criterion') }}
