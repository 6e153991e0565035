-- The seed says per channel what each feed says per touch (ruling 34). Attendance, answers and a learner's records ask for none or
-- for their own.
select touches.channel, touches.consent_channel
from {{ ref('int_touchpoints__identified') }} as touches
inner join {{ ref('channel_families') }} as channels on touches.channel = channels.channel
where touches.consent_channel is not null
    and touches.consent_channel <> coalesce(channels.consent_channel, '')
group by touches.channel, touches.consent_channel
