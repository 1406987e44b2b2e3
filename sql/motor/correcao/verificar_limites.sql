-- Before the first correction, compares what would be corrected with the limits of each rule and of the session. Past a limit nothing of it
-- is corrected, the session says so and an alert goes out: so many divergences are a broken load, not errors. Nothing is corrected either
-- while the closed months are unknown.
create or replace function audit_interno.verificar_limites(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_linhas bigint := (audit_interno.configuracao('limites.linhas') #>> '{}')::bigint;
  v_fracao numeric := (audit_interno.configuracao('limites.fracao') #>> '{}')::numeric;
  v_fracao_desde bigint := (audit_interno.configuracao('limites.fracao_a_partir_de') #>> '{}')::bigint;
  v_valor numeric := (audit_interno.configuracao('limites.valor') #>> '{}')::numeric;
  v_defeito text := audit_interno.defeito_periodos();
  v_limite text;
  v_exata boolean;
begin
  if v_defeito is not null then -- nobody knows which months may be written
    update audit.execucoes_regra e set status = 'concluida', motivo = 'nada foi corrigido: ' || v_defeito
    where e.sessao_id = verificar_limites.sessao_id and e.status = 'detectada';
    update audit.sessoes_processamento s set limite_atingido = v_defeito, etapa = 'correcao' where s.id = verificar_limites.sessao_id;
    return;
  end if;
  -- contested findings and unknown values are looked for only where a limit would be passed with them
  foreach v_exata in array array[false, true] loop
    drop table if exists pg_temp.conferente_limite;
    create temp table conferente_limite on commit drop as
    select r.nome, r.tabela, e.linhas_examinadas, t.linhas, t.valor,
      concat_ws('; ',
        case when t.linhas > r.limite_linhas then format('%s correções, o limite da regra é %s', t.linhas, r.limite_linhas) end,
        case when t.linhas > v_fracao_desde and t.linhas > r.limite_fracao * e.linhas_examinadas
          then format('%s de %s linhas, o limite da regra é a fração %s', t.linhas, e.linhas_examinadas, r.limite_fracao) end,
        case when t.valor > r.limite_valor then format('%s, o limite da regra é %s', audit_interno.reais(t.valor), audit_interno.reais(r.limite_valor)) end) as limite
    from audit.execucoes_regra e
    join audit.regras r on r.nome = e.regra
    cross join lateral (
      select case when v_exata then array(
        select c.id from (select array(select x.id from audit_interno.elegiveis(verificar_limites.sessao_id, r) x) as ids) as e
        cross join lateral (
          select audit_interno.contestadas(e.ids) as id union select audit_interno.desconhecidas(e.ids)
          union select f.divergencia_id from audit_interno.em_periodo_fechado(e.ids) f) as c) end as ids) as c
    cross join lateral (
      select count(*) as linhas, coalesce(sum(greatest(d.valor_em_risco, d.valor_decisao)), 0) as valor
      from audit_interno.elegiveis(verificar_limites.sessao_id, r) d
      where not exists (select from unnest(c.ids) as i where i = d.id)) as t
    where e.sessao_id = verificar_limites.sessao_id and e.status = 'detectada';

    select concat_ws('; ',
      case when sum(l.linhas) > v_linhas then format('%s correções, o limite da sessão é %s', sum(l.linhas), v_linhas) end,
      case when sum(l.linhas) > v_fracao_desde and sum(l.linhas) > v_fracao * j.linhas
        then format('%s de %s linhas da janela, o limite da sessão é a fração %s', sum(l.linhas), j.linhas, v_fracao) end,
      case when sum(l.valor) > v_valor then format('%s em risco, o limite da sessão é %s', audit_interno.reais(sum(l.valor)), audit_interno.reais(v_valor)) end)
    into v_limite
    from pg_temp.conferente_limite l
    cross join (
      -- only of the tables that would be corrected: rows that other rules read elsewhere do not make the load bigger
      select sum(x.linhas) as linhas
      from (select max(m.linhas_examinadas) as linhas from pg_temp.conferente_limite m where m.linhas > 0 group by m.tabela) as x
    ) as j
    where l.limite = ''
    group by j.linhas;
    exit when coalesce(v_limite, '') = '' and not exists (select from pg_temp.conferente_limite l where l.limite <> '');
  end loop;

  update audit.execucoes_regra e
  set status = 'concluida', motivo = 'nada foi corrigido: ' || coalesce(nullif(l.limite, ''), v_limite)
  from pg_temp.conferente_limite l
  where e.sessao_id = verificar_limites.sessao_id and e.regra = l.nome and (l.limite <> '' or v_limite <> '');

  update audit.sessoes_processamento s
  set limite_atingido = nullif(concat_ws('; ', nullif(v_limite, ''), (
      select string_agg(l.nome || ': ' || l.limite, '; ' order by l.nome) from pg_temp.conferente_limite l where l.limite <> '')), ''),
    etapa = 'correcao'
  where s.id = verificar_limites.sessao_id;
end
$$;
comment on function audit_interno.verificar_limites(bigint) is 'Stops the corrections of rules, or of the whole session, that would exceed a limit.';
