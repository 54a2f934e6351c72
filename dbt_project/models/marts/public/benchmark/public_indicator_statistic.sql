{{ config(alias='indicator_statistic') }}

{{ public_form('indicator_statistic') }}
