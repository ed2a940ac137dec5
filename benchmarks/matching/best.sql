-- The best mentors for one mentee, out of one flat table.
select mentor_id, fit, km from (
    select *, overlap(sectors, cast(:sectors as bigint)) * cast(:w_sectors as float8)
        + overlap(functions, cast(:functions as bigint)) * cast(:w_functions as float8)
        + overlap(hopes, cast(:hopes as bigint)) * cast(:w_hopes as float8)
        + overlap(hobbies, cast(:hobbies as bigint)) * cast(:w_hobbies as float8)
        + overlap(modalities, cast(:modalities as bigint)) * cast(:w_modalities as float8)
        + (case when cast(:motivation as bigint) = 0 or motivation = 0 then 0.5
           when motivation = any(cast(:answers as bigint[])) then 1 else 0 end)
          * cast(:w_motivation as float8)
        + (1 - abs(band - :band) / cast(:last_band as float8)) * cast(:w_age as float8)
        + (case when cast(:tongue as text) is null then 0.5
           when tongue = :tongue or (languages & cast(cast(:wish as text) as bit(192)))
                <> cast(0 as bit(192)) then 1
           when tongue is null then 0.5 else 0 end) * cast(:w_mother_tongue as float8) as fit
    from (
        select *, round((2 * 6371.0088 * asin(least(1, sqrt(
                sin(radians(latitude - :latitude) / 2) ^ 2
                + cos(radians(:latitude)) * cos(radians(latitude))
                * sin(radians(longitude - :longitude) / 2) ^ 2))))::numeric, 3) as km
        from flat
        where (latitude between :latitude - :degrees and :latitude + :degrees
               or remote and :remote)
        and axes & :axis <> 0 and settings & :setting <> 0
        and band >= :youngest and (experienced or not :experience)
        and (slots & cast(cast(:slots as text) as bit(192)) <> cast(0 as bit(192))
             or slots = cast(0 as bit(192)) or :any_slot)
        and (languages & cast(cast(:languages as text) as bit(192)) <> cast(0 as bit(192))
             or languages = cast(0 as bit(192)))
        and (levels & cast(cast(:levels as text) as bit(64)) <> cast(0 as bit(64))
             or levels = cast(0 as bit(64)))
    ) as likely
    where km <= least(reach, :reach) and offered & :rooms <> 0 or remote and :remote
) as weighed
order by round(fit::numeric, 9) desc, km, mentor_id limit :most
