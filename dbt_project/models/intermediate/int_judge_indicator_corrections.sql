with corrections as (
    select * from {{ ref('stg_raw__correction') }}
    where node_id is not null
),

indicator_values as (
    select * from {{ ref('int_derive_indicator_values') }}
),

found as (
    select
        corrections.*,
        coalesce(indicator_values.value::varchar, indicator_values.status) as found_before,
        -- Half a unit of the last digit as written, and a hair more: a binary fraction is seldom just at the half.
        coalesce(
            abs(indicator_values.value - corrections.expected_number)
            <= corrections.expected_tolerance * (1 + 1e-9),
            false
        ) as is_expected_value
    from corrections
    left join indicator_values
        on
            corrections.edition_id = indicator_values.edition_id
            and corrections.cluster_id = indicator_values.cluster_id
            and corrections.node_id = indicator_values.node_id
),

judged as (
    select
        *,
        -- A remark may expect nothing; of an indicator without a value its status is expected.
        expected_before is null
        or is_expected_value
        or coalesce(found_before = expected_before, false) as is_as_expected
    from found
),

final as (
    select
        edition_id,
        correction_id,
        cluster_id,
        node_id,
        action,
        new_number,
        found_before,
        {{ correction_outcome('status', 'action', 'is_as_expected') }} as outcome
    from judged
)

select * from final
