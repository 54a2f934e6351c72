with source as (
    select * from {{ source('raw', 'survey') }}
),

final as (
    select
        edition_id,
        survey,
        title,
        respondents,
        enters_benchmark
    from source
)

select * from final
