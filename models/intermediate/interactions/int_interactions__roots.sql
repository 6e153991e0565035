with

pointers as (
    select * from {{ ref('int_interactions__pointers') }}
),

-- The longest way: meal, call, webinar session, remote meeting, event.
final as (
    select
        first_hop.child_ref as interaction_ref,
        coalesce(fourth_hop.parent_ref, third_hop.parent_ref, second_hop.parent_ref, first_hop.parent_ref) as root_ref
    from pointers as first_hop
    left join pointers as second_hop on first_hop.parent_ref = second_hop.child_ref
    left join pointers as third_hop on second_hop.parent_ref = third_hop.child_ref
    left join pointers as fourth_hop on third_hop.parent_ref = fourth_hop.child_ref
)

select * from final
