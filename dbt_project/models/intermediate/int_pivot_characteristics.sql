with answers as (
    select * from {{ ref('int_correct_answers') }}
),

editions as (
    select * from {{ ref('int_list_editions') }}
),

-- A survey beside the benchmark describes no cluster: many of its respondents may speak of one.
surveys as (
    select * from {{ ref('stg_raw__survey') }}
    where enters_benchmark
),

-- An answer that is not given keeps its row, without its question, so that the cluster is here all the same.
given as (
    select
        answers.edition_id,
        answers.cluster_id,
        case when answers.status = 'given' then answers.question_id end as question_id,
        answers.option_id,
        answers.answer_text,
        answers.answer_number
    from answers
    inner join editions on answers.edition_id = editions.edition_id
    inner join surveys on answers.edition_id = surveys.edition_id and answers.survey = surveys.survey
),

final as (
    select
        edition_id,
        cluster_id,
        max(answer_text) filter (where question_id = 'cluster_name') as cluster_name,
        max(answer_text) filter (where question_id = 'coordinator_name') as coordinator_name,
        max(answer_text) filter (where question_id = 'pkd_division') as pkd_division,
        max(option_id) filter (where question_id = 'voivodeship') as voivodeship,
        max(answer_number) filter (where question_id = 'founded_year')::integer as founded_year,
        max(answer_number) filter (where question_id = 'age_counts_from')::integer as age_counts_from,
        max(answer_number) filter (where question_id = 'members')::integer as members,
        max(answer_number) filter (where question_id = 'enterprises')::integer as enterprises,
        max(answer_number) filter (where question_id = 'science_institutions')::integer as science_institutions
    from given
    group by edition_id, cluster_id
)

select * from final
