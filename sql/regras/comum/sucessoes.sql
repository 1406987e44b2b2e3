-- What became of each category that people said has ended, folded: from the month of desde until that of ate (exclusive; null while it
-- lasts) entries of de are booked under para. Chains are followed, each step later than the one before: a name that was passed on resolves
-- to what it is now, and one whose successor was removed is itself again. renasce: from this month on de is in use again for something else, and
-- what is booked under it then is its own. Reads audit.sucessoras_categoria. Called by the rules.
create or replace function regras.sucessoes()
returns table (de text, para_escrita text, para text, desde date, ate date, renasce date)
language sql stable rows 10
set search_path = pg_catalog, pg_temp
as $$
  with recursive aresta as materialized (
    select audit_interno.dobrar_categoria(s.de) as de, min(s.para) as escrita, audit_interno.dobrar_categoria(s.para) as para,
      date_trunc('month', s.desde::timestamp)::date as desde
    from audit.sucessoras_categoria s
    where s.ativo
    group by 1, 3, 4
  ), caminho as (
    select a.de, a.escrita, a.para, a.desde from aresta a
    union
    select c.de, a.escrita, a.para, a.desde
    from caminho c
    join aresta a on a.de = c.para and a.desde > c.desde
  )
  select c.de, c.escrita, c.para, c.desde,
    (select min(a.desde) from aresta a where a.de = c.para and a.desde > c.desde),
    (select min(a.desde) from aresta a where a.para = c.de and a.desde >= (select min(b.desde) from aresta b where b.de = c.de))
  from caminho c
$$;

comment on function regras.sucessoes() is 'Categories that ended, folded, with what they became, from and until which month, and from which month on the name is in use again.';
revoke execute on function regras.sucessoes() from public;

-- The categories that have another name today, folded: those with one successor, whose name nothing else took. Reads
-- audit.sucessoras_categoria. Called by regra_trade_marketing, whose history has entries on both sides of the day.
create or replace function regras.categorias_renomeadas() returns table (de text, para text)
language sql stable rows 10
set search_path = pg_catalog, pg_temp
as $$
  select s.de, min(s.para)
  from regras.sucessoes() s
  where s.desde <= current_date and (s.ate is null or s.ate > current_date)
  group by s.de
  having count(distinct s.para) = 1 and bool_and(s.renasce is null) and min(s.para) <> s.de
$$;

comment on function regras.categorias_renomeadas() is 'Categories with one successor, folded, and that successor.';
revoke execute on function regras.categorias_renomeadas() from public;

-- The names under which entries of a category are booked, folded: its own, and those of categories that have become it. Reads
-- audit.sucessoras_categoria. Called by regra_trade_marketing.
create or replace function regras.nomes_da_categoria(categoria text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(n.nome)
  from (
    select audit_interno.dobrar_categoria(nomes_da_categoria.categoria) as nome
    union
    select r.de from regras.categorias_renomeadas() r where r.para = audit_interno.dobrar_categoria(nomes_da_categoria.categoria)
  ) n
$$;

comment on function regras.nomes_da_categoria(text) is 'Folded names under which entries of a category are booked: its own and those that became it.';
revoke execute on function regras.nomes_da_categoria(text) from public;

-- What a person is to do about a category of the settings that has ended, or null while it has not. Reads
-- audit.sucessoras_categoria. Called by what the rules require.
create or replace function regras.frase_sucessoras(categoria text) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select format('A categoria "%s" acabou em %s, e em seu lugar está %s.', min(frase_sucessoras.categoria), to_char(min(s.desde), 'MM/YYYY'),
    string_agg(distinct '"' || s.para_escrita || '"', ', '))
  from regras.sucessoes() s
  where s.de = audit_interno.dobrar_categoria(frase_sucessoras.categoria) and s.para <> s.de and s.renasce is null
    and s.desde <= current_date and (s.ate is null or s.ate > current_date)
  having count(*) > 0
$$;

comment on function regras.frase_sucessoras(text) is 'Sentence that names the successors of a category that has ended, or null.';
revoke execute on function regras.frase_sucessoras(text) from public;
