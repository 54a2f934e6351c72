{#- Tables and views are built under their own names, in one transaction. dbt's way (build beside, rename, drop the
    old one) keeps a database in use, and asks for the columns again to comment on them; here the work file is made
    from scratch for each rebuild and read by nobody else, and a contract says what the columns are. A third of the
    statements of a rebuild were of that way. Hooks, indexes and grants are not used in this project, nor run. -#}
{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {%- set relation = this.incorporate(type="table") -%}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}
    {% call statement("main", language=model.language) %}
        {{- create_table_as(false, relation, compiled_code, model.language) }}
    {% endcall %}
    {% do comment_on(relation) %}
    {{ adapter.commit() }}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
    {%- set relation = this.incorporate(type="view") -%}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}
    {% call statement("main") %}{{ get_create_view_as_sql(relation, compiled_code) }}{% endcall %}
    {% do comment_on(relation) %}
    {{ adapter.commit() }}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}

{#- What the model's YAML says of the table and of each column, as comments in the database. -#}
{% macro comment_on(relation) %}
    {%- set described = [] -%}
    {%- if config.persist_relation_docs() and model.description -%}
        {%- do described.append(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for column in model.columns.values() -%}
            {%- do described.append(
                "comment on column " ~ relation ~ "." ~ column.name ~ " is " ~ duckdb_escape_comment(column.description) ~ ";"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if described -%}{%- do run_query(described | join("\n")) -%}{%- endif -%}
{% endmacro %}
