with source as (
    select * from {{ source('raw', 'edition_setting') }}
),

final as (
    select
        edition_id,
        name_pl,
        name_en,
        period_from,
        period_to,
        framework_id,
        conforms_to,
        area_mean_of,
        quartile_method,
        fence_factor,
        -- A decimal: times a number of parts it must not come out a last bit above a whole number.
        minimum_availability::decimal(9, 6) as minimum_availability,
        strength_above,
        weakness_at_most,
        minimum_respondents,
        confidence_level
    from source
)

select * from final
