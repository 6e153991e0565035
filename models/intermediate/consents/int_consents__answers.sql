with

questions as (
    select * from {{ ref('int_consents__questions') }}
),

states as (
    select * from {{ ref('int_consents__states') }}
),

-- Same channel, a refusal of every channel, or a block, which is about the address and not about the subject.
of_the_person as (
    select
        questions.touchpoint_id, questions.question, questions.judged_from_at, states.*,
        questions.holder_id = states.holder_id or states.source_system = 'privacy' as is_own,
        states.scope_type <> 'global' and (states.scope_type <> 'product' or questions.product_count = 1) as is_narrow
    from questions
    inner join states
        on questions.person = states.person_key
        and (
            states.channel = questions.consent_channel
            or (states.channel = 'any' and states.status = 'refused' and not questions.is_exempt)
        )
        and (states.purpose = questions.purpose or (states.status = 'blocked' and questions.question = 'contact'))
        -- A touch whose address is unknown may have gone to a refused one; no grant is known to cover it.
        and (
            states.channel_value is null
            or states.channel_value = questions.channel_value
            or (questions.channel_value is null and states.status = 'refused')
        )
        and case states.scope_type
            when 'global' then true
            when 'product' then ';' || questions.scope_product_id || ';' like '%;' || states.scope_id || ';%'
            when 'detail_group' then questions.scope_detail_group_id = states.scope_id
            when 'content_type' then questions.scope_content_type_id = states.scope_id
            when 'list' then questions.scope_list_id = states.scope_id
        end
        and (states.within_detail_group_id is null or states.within_detail_group_id = questions.scope_detail_group_id)
        and (states.within_content_type_id is null or states.within_content_type_id = questions.scope_content_type_id)
        -- No touch says at which place or line it was made: a refusal there may cover it, a grant there need not (CNS-16).
        and (states.place_id is null or states.status = 'refused')
        and ({{ var('email_grants_shared') }} or states.status <> 'granted' or states.source_system = questions.source_system)
        -- At any moment of the time judged for a refusal, from its first instant for a grant (ruling 28).
        and states.valid_from_at
        <= case when states.status in ('refused', 'blocked') then questions.judged_until_at else questions.judged_from_at end
        and (states.valid_to_at is null or states.valid_to_at > questions.judged_from_at)
),

-- Setting `allow_narrower_reconsent`: a later narrower opt-in with evidence lifts the same id's wider refusal (CNS-25).
final as (
    select
        of_the_person.*,
        {{ var('allow_narrower_reconsent') }}
        and status = 'refused' and scope_type = 'global' and not is_objection
        and coalesce(valid_from_at < max(
            case when status = 'granted' and is_narrow and evidence_version is not null then valid_from_at end
        ) over (partition by touchpoint_id, question, holder_id), false) as is_lifted
    from of_the_person
)

select * from final
