with deliveries as (
    select * from {{ ref('stg_raw__delivery') }}
),

settings as (
    select * from {{ ref('stg_raw__edition_setting') }}
),

final as (
    select
        settings.edition_id,
        settings.name_pl,
        settings.name_en,
        settings.period_from,
        settings.period_to,
        settings.framework_id,
        settings.conforms_to,
        settings.area_mean_of,
        settings.quartile_method,
        settings.fence_factor,
        settings.minimum_availability,
        settings.strength_above,
        settings.weakness_at_most,
        settings.minimum_respondents,
        settings.confidence_level,
        deliveries.delivery_id,
        deliveries.is_sample,
        deliveries.is_provisional
    from deliveries
    inner join settings on deliveries.edition_id = settings.edition_id
)

select * from final
