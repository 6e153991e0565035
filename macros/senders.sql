{#- Whether `teams` (int_users__teams) holds the membership of a user on a day: the join condition of every sender. -#}
{% macro is_member_of_teams(user_id, day) -%}
    {{ user_id }} = teams.user_id
        and {{ day }} >= teams.valid_from_on
        and (teams.valid_to_on is null or {{ day }} < teams.valid_to_on)
{%- endmacro %}

{#- What the function of the joined `teams` makes of a contact; without one it is promotional, the stricter reading (ruling 23). -#}
{% macro purpose_of_teams() -%}
    case when teams.team_function in ('medical', 'msl') then 'medical' else 'promotional' end
{%- endmacro %}
