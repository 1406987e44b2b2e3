-- The band of confidence by which findings are grouped: probably no error, doubtful, quickly confirmed by a person, as good as certain. The
-- bound at .1 was measured on the demonstration: none of the 690 findings of trade_marketing below it was right. Inlined.
create or replace function audit_interno.faixa_confianca(confianca numeric)
returns integer
language sql
immutable parallel safe
as $$
  select case when confianca <= 0.1 then 1 when confianca < 0.5 then 2 when confianca < 0.95 then 3 else 4 end
$$;
comment on function audit_interno.faixa_confianca(numeric) is 'Band of confidence, 1 to 4: to 0.1, below 0.5, below 0.95, from 0.95 on.';
grant execute on function audit_interno.faixa_confianca(numeric) to conferente_leitor;
