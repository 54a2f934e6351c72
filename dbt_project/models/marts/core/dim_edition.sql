with editions as (
    select * from {{ ref('int_list_editions') }}
),

final as (
    select
        edition_id,
        make_date(edition_id, 1, 1) as edition_date,
        name_pl,
        name_en,
        period_from,
        period_to,
        framework_id,
        conforms_to,
        area_mean_of,
        quartile_method,
        fence_factor,
        minimum_availability,
        strength_above,
        weakness_at_most,
        minimum_respondents,
        confidence_level,
        delivery_id,
        is_sample,
        is_provisional
    from editions
)

select * from final
