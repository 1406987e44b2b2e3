-- Which notes entries belong to. An entry that cites a key belongs to that note. One that cites none belongs to the note of its supplier's
-- company that has the number of its document and was issued around its date, if there is only one. Asked for a window, or (emissoes) for
-- whatever was booked around the dates of the notes read since then. Reads dw.lancamentos and audit.notas; changes nothing. Called by
-- regra_notas_fiscais.preparar.
create or replace function regra_notas_fiscais.procurar(janela audit.janela, lidas_desde timestamptz)
returns table (registro_id text, chave text, como text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_dias int := (audit_interno.configuracao('notas.dias_vinculo') #>> '{}')::int;
  v_de date;
  v_ate date;
  v_raizes text[];
begin
  if lidas_desde is not null then
    select min(n.data_emissao) - 5, max(n.data_emissao) + v_dias, array_agg(distinct n.emitente_raiz) into v_de, v_ate, v_raizes
    from audit.notas n
    where n.lida_em >= lidas_desde;
    if v_de is null then
      return;
    end if;
  end if;
  return query
  with linha as materialized (
    select l.id::text as id, l.data_lancamento as dia, r.raiz, k.chave, l.documento
    from dw.lancamentos l
    cross join lateral (select regras.raiz_fornecedor(l.fornecedor_id) as raiz) r
    cross join lateral (select coalesce(regras.chave_no_texto(l.documento), regras.chave_no_texto(l.descricao)) as chave) k
    where (lidas_desde is not null or audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id))
      and (lidas_desde is null or l.data_lancamento between v_de and v_ate and (r.raiz = any (v_raizes) or k.chave is not null))
  ), por_numero as (
    select l.id, min(n.chave) as chave
    from linha l
    cross join lateral regra_validacao_valores.ler_documento(l.documento) d
    cross join lateral unnest(string_to_array(d.numero, '-')) as p (parte)
    join audit.notas n on n.emitente_raiz = l.raiz and n.numero = case when p.parte ~ '^[0-9]{1,15}$' then p.parte::bigint end
    where d.numero in (n.numero::text, ltrim(n.serie, '0') || '-' || n.numero) and l.chave is null and l.raiz is not null and l.documento is not null and not coalesce(d.estorno, false)
      and coalesce(ltrim(d.serie, '0') = ltrim(n.serie, '0'), true) and coalesce(d.ano = extract(year from n.data_emissao), true)
      and l.dia between n.data_emissao - 5 and n.data_emissao + v_dias
    group by l.id
    having count(distinct n.chave) = 1
  )
  select l.id, l.chave, 'chave' from linha l join audit.notas n on n.chave = l.chave
  union all
  select p.id, p.chave, 'numero' from por_numero p;
end
$$;

comment on function regra_notas_fiscais.procurar(audit.janela, timestamptz) is 'The note of each entry of a window, or of entries booked around the time of notes read since lidas_desde.';
revoke execute on function regra_notas_fiscais.procurar(audit.janela, timestamptz) from public;

-- Brings regra_notas_fiscais.vinculos up to date: for the entries of the window, and for notes read since the last time, whose entries may
-- have come long before. Reads dw.lancamentos and audit.notas; writes only its own two tables. Called by the engine before the rule, in the
-- same session. It prepares both rules of this room, once for an incremental session. Two calls at once wait for each other.
create or replace function regra_notas_fiscais.preparar(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_lida timestamptz := (select max(n.lida_em) from audit.notas n);
  v_desde timestamptz;
  v_feita boolean;
begin
  if v_lida is null then
    return;
  end if;
  lock table regra_notas_fiscais.controle in share row exclusive mode;
  -- look further back than the last time seen: a batch commits later than the times it writes
  select c.notas_ate - interval '10 minutes', c.janela is not distinct from preparar.janela and (preparar.janela).carregado_ate is not null
  into v_desde, v_feita
  from regra_notas_fiscais.controle c;
  if v_feita then
    return;
  end if;
  delete from regra_notas_fiscais.vinculos v
  using dw.lancamentos l
  where v.registro_id = l.id::text and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id);
  insert into regra_notas_fiscais.vinculos as v (registro_id, chave, como)
  select p.registro_id, p.chave, p.como from regra_notas_fiscais.procurar(janela, null) p
  on conflict do nothing;
  insert into regra_notas_fiscais.vinculos as v (registro_id, chave, como)
  select p.registro_id, p.chave, p.como from regra_notas_fiscais.procurar(null, coalesce(v_desde, '-infinity')) p
  on conflict on constraint vinculos_pkey do update set chave = excluded.chave, como = excluded.como
    where (v.chave, v.como) is distinct from (excluded.chave, excluded.como);
  insert into regra_notas_fiscais.controle as c (notas_ate, janela) values (v_lida, preparar.janela)
  on conflict on constraint controle_pkey do update set notas_ate = excluded.notas_ate, janela = excluded.janela;
end
$$;

comment on function regra_notas_fiscais.preparar(audit.janela) is 'Finds the note of each entry of the window, and the entries of notes that were read recently.';
revoke execute on function regra_notas_fiscais.preparar(audit.janela) from public;
