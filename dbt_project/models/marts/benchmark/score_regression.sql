{%- set variables = ['members', 'science_institutions'] -%}

with scores as (
    select * from {{ ref('fct_score') }}
),

clusters as (
    select * from {{ ref('dim_cluster_edition') }}
),

questions as (
    select * from {{ ref('stg_raw__question') }}
),

-- The explanatory variables that the edition asked.
asked as (
    select
        edition_id,
        question_id as variable
    from questions
    where question_id in ('{{ variables | join("', '") }}')
),

explained as (
    {%- for variable in variables %}
        select
            edition_id,
            cluster_id,
            '{{ variable }}' as variable,
            {{ variable }} as x
        from clusters
        where {{ variable }} is not null
        {{ "union all" if not loop.last }}
    {%- endfor %}
),

points as (
    select
        explained.edition_id,
        explained.variable,
        explained.cluster_id,
        explained.x::double as x,
        scores.score as y
    from explained
    inner join scores on explained.edition_id = scores.edition_id and explained.cluster_id = scores.cluster_id
    where scores.level = 'overall' and scores.score is not null
),

means as (
    select
        edition_id,
        variable,
        count(*) as n,
        {{ ordered_sum('x') }} / count(*) as mean_x,
        {{ ordered_sum('y') }} / count(*) as mean_y
    from points
    group by edition_id, variable
),

-- Sums of deviations from the means: sums of raw squares would lose digits.
centred as (
    select
        means.edition_id,
        means.variable,
        means.n,
        means.mean_x,
        means.mean_y,
        {{ ordered_sum('(points.x - means.mean_x) * (points.x - means.mean_x)') }} as sum_xx,
        {{ ordered_sum('(points.x - means.mean_x) * (points.y - means.mean_y)') }} as sum_xy,
        {{ ordered_sum('(points.y - means.mean_y) * (points.y - means.mean_y)') }} as sum_yy
    from means
    inner join points on means.edition_id = points.edition_id and means.variable = points.variable
    group by means.edition_id, means.variable, means.n, means.mean_x, means.mean_y
),

fitted as (
    select
        *,
        sum_xy / nullif(sum_xx, 0) as slope
    from centred
),

residuals as (
    select
        fitted.edition_id,
        fitted.variable,
        {{ ordered_sum('power(points.y - fitted.mean_y - fitted.slope * (points.x - fitted.mean_x), 2)') }}
            as sum_squares
    from fitted
    inner join points on fitted.edition_id = points.edition_id and fitted.variable = points.variable
    group by fitted.edition_id, fitted.variable
),

final as (
    select
        asked.edition_id,
        asked.variable,
        coalesce(fitted.n, 0)::integer as n,
        fitted.slope,
        sqrt(residuals.sum_squares / nullif(greatest(fitted.n - 2, 0), 0) / fitted.sum_xx) as slope_standard_error,
        fitted.mean_y - fitted.slope * fitted.mean_x as intercept,
        fitted.sum_xy * fitted.sum_xy / nullif(fitted.sum_xx * fitted.sum_yy, 0) as r_squared
    from asked
    left join fitted on asked.edition_id = fitted.edition_id and asked.variable = fitted.variable
    left join residuals on asked.edition_id = residuals.edition_id and asked.variable = residuals.variable
)

select * from final
