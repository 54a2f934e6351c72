{#- `ref` and `source` leave out the catalog: a DuckDB catalog is called after its file, and a view that named it
    would break as soon as the file is opened under another name. -#}
{% macro ref() -%}
    {%- set relation = builtins.ref(*varargs, **kwargs) -%}
    {{ return(relation.include(database=false)) }}
{%- endmacro %}

{% macro source() -%}
    {{ return(builtins.source(*varargs).include(database=false)) }}
{%- endmacro %}
