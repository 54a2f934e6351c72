{#- The tables that have a public form, a table that is not here is not public. For each: the columns that name a row
    beside the edition (`keys`), how its figures are rounded, and its figures by the group of measures that the policy
    speaks of. What a row is about is said in expressions: `item` (a node, a question …), the group of clusters (`cut`,
    `segment`), how many clusters are behind it (`n`; where the table does not say, the other rows about the same item
    and group do), and for a comparison the earlier edition with its group there. A row whose `measure` is in a column
    takes the group from there (`group`). `told_as` is the one name by which all figures of a row go together. -#}
{% macro public_tables() -%}
    {%- set node_family = "case when level = 'indicator' then 'indicator' else 'whole' end" -%}
    {{ return({
        'score_distribution': {
            'keys': ['cut_id', 'segment_id', 'node_id'], 'rounding': 'score',
            'family': node_family, 'item': 'node_id', 'n': 'n',
            'measures': {
                'extremes': ['minimum', 'benchmark'], 'quartiles': ['q1', 'q3'], 'median': ['median'],
                'mean': ['mean'], 'counts': ['n'],
            },
        },
        'indicator_statistic': {
            'keys': ['cut_id', 'segment_id', 'node_id'], 'rounding': 'value',
            'family': "'indicator'", 'item': 'node_id', 'n': 'n',
            'measures': {
                'extremes': ['minimum', 'benchmark'], 'quartiles': ['q1', 'q3'], 'median': ['median'],
                'total': ['total', 'mean'], 'counts': ['n', 'n_missing', 'n_zero', 'n_positive'],
            },
        },
        'option_share': {
            'keys': ['cut_id', 'segment_id', 'question_id', 'option_id', 'answer_level'], 'rounding': 'share',
            'family': "'option'", 'item': "concat_ws('/', question_id, option_id, answer_level)", 'n': 'n_answering',
            'measures': {'counts': ['n_answering', 'n_chosen', 'share']},
        },
        'strength_weakness': {
            'keys': ['cut_id', 'segment_id', 'node_id'], 'rounding': 'score',
            'family': "'whole'", 'item': 'node_id',
            'measures': {'median': ['median', 'verdict']},
        },
        'score_spread': {
            'keys': ['node_id', 'quartile_method'], 'rounding': 'score', 'item': 'node_id',
            'measures': {'extremes': ['bottom_25', 'top_25'], 'quartiles': ['middle_50']},
        },
        'score_regression': {
            'keys': ['variable'], 'rounding': 'regression',
            'family': "'whole'", 'item': 'variable', 'n': 'n',
            'measures': {'mean': ['slope', 'slope_standard_error', 'intercept', 'r_squared']},
        },
        'edition_comparison': {
            'keys': ['previous_edition_id', 'basis', 'scale', 'node_id', 'measure'], 'rounding': 'score',
            'family': node_family, 'item': 'node_id', 'n': 'least(n, previous_n)',
            'cut': 'basis', 'segment': "case basis when 'panel' then previous_edition_id::varchar else basis end",
            'earlier': 'previous_edition_id', 'earlier_item': "'panel'",
            'earlier_segment': "case basis when 'panel' then edition_id::varchar else basis end",
            'group': "case measure when 'benchmark' then 'extremes' else measure end",
            'measures': {'row': ['value', 'previous_value', 'change'], 'counts': ['n', 'previous_n']},
        },
        'edition_trend': {
            'keys': ['measure'], 'rounding': 'value',
            'family': "'trend'", 'item': 'measure', 'n': 'n', 'earlier': 'previous_edition_id',
            'measures': {'total': ['total', 'mean', 'annual_growth'], 'median': ['median']},
        },
        'edition_growth': {
            'keys': ['previous_edition_id', 'measure'], 'rounding': 'share',
            'family': "'trend'", 'item': 'measure', 'earlier': 'previous_edition_id',
            'measures': {'total': ['growth_total', 'growth_mean'], 'median': ['growth_median']},
        },
        'edition_profile': {
            'keys': ['characteristic', 'category'], 'rounding': 'value',
            'family': "'profile'", 'item': 'characteristic', 'n': 'n_clusters',
            'measures': {'counts': ['n', 'share'], 'mean': ['mean'], 'median': ['median']},
        },
        'member_opinion': {
            'keys': ['cut_id', 'segment_id', 'question_id', 'option_id'], 'rounding': 'share',
            'family': "'opinion'", 'item': 'question_id', 'n': 'n_clusters', 'told_as': 'answers',
            'measures': {'counts': [
                'n_respondents', 'n_asked', 'n_valid', 'n_chosen', 'share', 'share_lower', 'share_upper', 'population',
                'n_clusters', 'n_clusters_choosing', 'n_rated', 'mean_rating', 'mean_number',
            ]},
        },
        'accessibility_criterion': {
            'keys': ['criterion_no'], 'rounding': 'share',
            'family': "'accessibility'", 'item': "'criterion'", 'n': 'n_sites',
            'measures': {'counts': ['n_sites', 'n_passing', 'share']},
        },
        'accessibility_band': {
            'keys': ['band'], 'rounding': 'share',
            'family': "'accessibility'", 'item': "'band'", 'n': 'n_judged',
            'measures': {'counts': ['n_sites', 'n_judged', 'share']},
        },
    }) }}
{%- endmacro %}

{#- The text by which `audit.disclosure` names a row of a table within its edition: the values of its keys. -#}
{% macro row_key(table, alias='') -%}
    concat_ws('/'
    {%- for key in public_tables()[table]['keys'] -%}
        , coalesce({{ alias ~ '.' if alias }}{{ key }}::varchar, '')
    {%- endfor -%}
    )
{%- endmacro %}

{#- The names of a row's figures that are not null, with nulls for the others. -#}
{% macro measures_there(form) -%}
    [
    {%- if 'told_as' in form -%}
        '{{ form['told_as'] }}'
    {%- else -%}
        {%- for measure in form['measures'].values() | sum(start=[]) -%}
            case when {{ measure }} is not null then '{{ measure }}' end {{- ', ' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
    ]
{%- endmacro %}

{#- A threshold of the disclosure policy; null, with which nothing is hidden, when the policy does not have it. -#}
{% macro policy(rule, scope) -%}
    (select max(threshold) from {{ ref('disclosure_policy') }} where rule = '{{ rule }}' and scope = '{{ scope }}')
{%- endmacro %}

{#- What a rule is about that is no threshold. -#}
{% macro policy_scope(rule) -%}
    (select max(scope) from {{ ref('disclosure_policy') }} where rule = '{{ rule }}')
{%- endmacro %}

{#- A figure as the public sees it: a `value`, which may be of any size, to so many significant digits, everything else
    to so many decimals (`digits`); as it is when the policy names no precision. -#}
{% macro rounded(figure, rounding, digits) -%}
    {%- set magnitude -%}
        case when {{ figure }} != 0 then floor(log10(abs({{ figure }})))::integer else 0 end
    {%- endset -%}
    coalesce(
        round({{ figure }}, {{ digits }}::integer {{- ' - 1 - ' ~ magnitude if rounding == 'value' }}),
        {{ figure }}
    )
{%- endmacro %}

{#- The query of a table's public form: the columns of the model's contract and no other, its figures rounded, the
    suppressed ones null, and `suppressed`, which names those. `derived` are figures that are calculated from the rounded
    ones, so that they do not tell more than those. -#}
{% macro public_form(table, derived={}) -%}
    {%- set form = public_tables()[table] -%}
    {%- set measures = form['measures'].values() | sum(start=[]) -%}
    with complete as (
        select
            *,
            {{ row_key(table) }} as key
        from {{ ref(table) }}
    ),

    precision as (
        select {{ policy('significant_digits' if form['rounding'] == 'value' else 'decimals', form['rounding']) }} as digits
    ),

    hidden as (
        select
            edition_id,
            key,
            list(measure) as measures,
            array_to_string(list_sort(list(measure || ' (' || rule || ')')), ', ') as suppressed
        from {{ ref('disclosure') }}
        where table_name = '{{ table }}'
        group by edition_id, key
    ),

    rounded as (
        select
            {%- for name, column in model.columns.items() if name != 'suppressed' %}
                {%- set figure = 'complete.' ~ name %}
                {%- if name in measures %}
                    case
                        when list_contains(hidden.measures, '{{ form.get('told_as', name) }}') then null
                        else
                            {% if column.data_type == 'double' -%}
                                {{ rounded(figure, form['rounding'], 'precision.digits') }}
                            {%- else -%}
                                {{ figure }}
                            {%- endif %}
                    end as {{ name }},
                {%- else %}
                    {{ figure }},
                {%- endif %}
            {%- endfor %}
            hidden.suppressed,
            precision.digits
        from complete
        cross join precision
        left join hidden on complete.edition_id = hidden.edition_id and complete.key = hidden.key
    ),

    final as (
        select * exclude (digits)
            {%- if derived %}
                replace (
                    {%- for name, expression in derived.items() %}
                        {{ rounded('(' ~ expression ~ ')', form['rounding'], 'digits') }} as {{ name }} {{- ',' if not loop.last }}
                    {%- endfor %}
                )
            {%- endif %}
        from rounded
    )

    select * from final
{%- endmacro %}
