-- The days on which a document may have been issued, by the surest source there is, with that source in Portuguese: the note itself if it
-- was read (audit.notas), the month in its access key, a whole date in its number, a date of issue in the entry's text, the year in its
-- number; otherwise the booking day, with a null. A date written by hand is believed only within the year before the booking. Reads
-- audit.notas; changes nothing. Called by regra_validacao_valores.retencao_possivel.
create or replace function regra_validacao_valores.dias_documento(documento text, descricao text, dia date)
returns table (de date, ate date, como text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with chave as (
    select k.*
    from (
      select k.* from regra_validacao_valores.ler_chave(dias_documento.documento) k where octet_length(dias_documento.documento) >= 44
      union all
      select k.* from regra_validacao_valores.ler_chave(regras.chave_no_texto(dias_documento.descricao)) k
      where regras.pode_citar_chave(dias_documento.descricao)
    ) k
    where k.chave is not null and regra_validacao_valores.chave_certa(k.chave)
    limit 1
  ), escrita as (
    select e.ordem, make_date(case when length(e.p[3]) = 2 then 2000 else 0 end + e.p[3]::int, e.p[2]::int, 1) + (e.p[1]::int - 1) as data, e.p[2]::int as mes
    from (
      select 3 as ordem, regexp_match(left(dias_documento.documento, 200),
        '(?<![0-9])(0?[1-9]|[12][0-9]|3[01])[/.-](0?[1-9]|1[0-2])[/.-](20[0-9]{2}|[0-9]{2})(?![0-9/.-])') as p
      union all
      select 4, regexp_match(audit_interno.dobrar(left(dias_documento.descricao, 500)),
        '(?<![a-z])emi[st][a-z]*[^0-9a-z]*(?:(?:em|de|dia)[^0-9a-z]*)?(0?[1-9]|[12][0-9]|3[01])[/.-](0?[1-9]|1[0-2])[/.-](20[0-9]{2}|[0-9]{2})(?![0-9])')
    ) e
    where e.p is not null
  )
  select x.de, x.ate, x.como
  from (
    select 1 as ordem, n.data_emissao as de, n.data_emissao as ate, 'a nota é de ' || to_char(n.data_emissao, 'DD/MM/YYYY') as como
    from chave c join audit.notas n on n.chave = upper(c.chave)
    union all
    select 2, make_date(c.ano, c.mes, 1), (make_date(c.ano, c.mes, 1) + interval '1 month - 1 day')::date,
      'a chave de acesso é de ' || to_char(make_date(c.ano, c.mes, 1), 'MM/YYYY')
    from chave c
    union all
    select e.ordem, e.data, e.data, 'o documento é de ' || to_char(e.data, 'DD/MM/YYYY')
    from escrita e
    where e.data between dia - 366 and dia and extract(month from e.data) = e.mes -- there is such a day
    union all
    select 5, greatest(make_date(l.ano, 1, 1), dia - 366), least(make_date(l.ano, 12, 31), dia), 'o documento é de ' || l.ano
    from regra_validacao_valores.ler_documento(dias_documento.documento) l
    where l.chave is null and l.ano between extract(year from dia) - 1 and extract(year from dia)
    union all
    select 6, dia, dia, null
  ) as x
  order by x.ordem
  limit 1
$$;

comment on function regra_validacao_valores.dias_documento(text, text, date) is
  'First and last day on which a document may have been issued, and how that is known; null: by the booking alone.';
revoke execute on function regra_validacao_valores.dias_documento(text, text, date) from public;

-- The taxes withheld at source, in force on some day of a period, that would explain a booked amount below its document: of one law, or of
-- as few as possible; where different ones take the same, all of them, because the amount does not tell. ultimo: the last such day. Touches
-- nothing. Called by regra_validacao_valores.retencao_possivel, and by notas_fiscais.
create or replace function regra_validacao_valores.retencao_entre(valor numeric, esperado numeric, de date, ate date)
returns table (taxa numeric, tributos text, ultimo date)
-- PL/pgSQL, which is never inlined: Citus takes no table that comes with an inlined function into a statement over the ledger
language plpgsql stable parallel safe rows 1
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  select s.soma, string_agg(s.tributos, ' ou ' order by s.tributos), max(s.vale_ate)
  from (
    select s.soma, s.tributos, s.vale_ate, s.peso, min(s.peso) over () as menos
    from regra_validacao_valores.somas_retencao s
    where abs(esperado) >= 10
      and sign(valor) = sign(esperado)
      -- what a cent and its rounding leave open, for the index; then to the cent
      and s.soma >= 100 * (1 - valor / nullif(esperado, 0)) - 1.5 / abs(esperado)
      and s.soma <= 100 * (1 - valor / nullif(esperado, 0)) + 1.5 / abs(esperado)
      and abs(valor - round(esperado * (1 - s.soma / 100), 2)) <= 0.01
      and s.vale_de <= ate and s.vale_ate >= de
  ) s
  where s.peso = s.menos
  group by s.soma
  order by s.soma
  limit 1;
end
$$;

comment on function regra_validacao_valores.retencao_entre(numeric, numeric, date, date) is
  'Percentage withheld on some day of a stretch that would explain the booked amount, and the taxes that take it; no row when there is none.';
revoke execute on function regra_validacao_valores.retencao_entre(numeric, numeric, date, date) from public;

-- The withheld taxes that would explain a booked amount on the day of its document. A withholding is an honest difference, so it lowers a
-- confidence. como: how the day is known, where the booking day would give another answer. If nothing dates the document, a law that ended
-- in the month before the booking may still have taken the amount: then ate is the law's last day, and it is a doubt, no explanation.
-- Touches nothing. Called by regra_validacao_valores.diferencas.
create or replace function regra_validacao_valores.retencao_possivel(valor numeric, esperado numeric, dia date, documento text, descricao text)
returns table (taxa numeric, tributos text, como text, ate date)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with dias as materialized (
    select d.de, d.ate, d.como
    from regra_validacao_valores.dias_documento(retencao_possivel.documento, retencao_possivel.descricao, dia) d
    where exists (select 1 from regra_validacao_valores.retencao_entre(retencao_possivel.valor, esperado, '-infinity', 'infinity'))
  ), certa as (
    select r.taxa, r.tributos, case when dia not between d.de and d.ate then d.como end as como
    from dias d cross join lateral regra_validacao_valores.retencao_entre(retencao_possivel.valor, esperado, d.de, d.ate) r
  )
  select c.taxa, c.tributos, c.como, null::date from certa c
  union all
  select r.taxa, r.tributos, null, r.ultimo
  from dias d cross join lateral regra_validacao_valores.retencao_entre(retencao_possivel.valor, esperado, dia - 31, dia - 1) r
  where d.como is null and not exists (select 1 from certa)
$$;

comment on function regra_validacao_valores.retencao_possivel(numeric, numeric, date, text, text) is
  'Percentage withheld that would explain the booked amount, the taxes that take it, how the document''s day is known, and in doubt the last day of the law; no row when there is none.';
revoke execute on function regra_validacao_valores.retencao_possivel(numeric, numeric, date, text, text) from public;

-- A withholding in words: retenção de 4,65% (…). Touches nothing; inlined by the planner. Called by regra_validacao_valores.diferencas.
create or replace function regra_validacao_valores.frase_retencao(taxa numeric, tributos text, como text) returns text
language sql immutable parallel safe
return 'retenção de ' || pg_catalog.replace(taxa::text, '.', ',') || '% (' || tributos || '), que pode ser legítima' || coalesce(': ' || como, '');

comment on function regra_validacao_valores.frase_retencao(numeric, text, text) is 'A withholding in words; null where there is none.';
revoke execute on function regra_validacao_valores.frase_retencao(numeric, text, text) from public;
