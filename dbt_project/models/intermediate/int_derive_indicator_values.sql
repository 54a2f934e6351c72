with clusters as (
    select * from {{ ref('int_pivot_characteristics') }}
),

indicator_parts as (
    select * from {{ ref('int_list_indicator_parts') }}
),

answers as (
    select * from {{ ref('int_combine_answers') }}
),

final as (
    {{ derive_values('clusters', 'indicator_parts', 'answers') }}
)

select * from final
