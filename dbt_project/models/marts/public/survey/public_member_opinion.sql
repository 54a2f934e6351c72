{{ config(alias='member_opinion') }}

{{ public_form('member_opinion') }}
