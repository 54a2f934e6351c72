{#- A model's schema is the configured name as it is, without the target's schema before it: the names of schemas
    are part of the warehouse's public interface. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
