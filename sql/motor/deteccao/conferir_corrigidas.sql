-- Compares the earlier corrections of a rule with the warehouse: the newest ones, as many as the settings ask for, and every one whose row
-- this session found wrong again. A correction that nobody took back and that the row no longer holds was undone from outside, mostly by a
-- load that brought the error back. It is recorded in audit.correcoes_desfeitas. Its finding opens again where the row holds the old
-- values, and becomes obsolete where the row holds something else or is gone. Called by reabrir_desfeitas.
create or replace function audit_interno.conferir_corrigidas(sessao_id bigint, regra audit.regras, operacao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_desde timestamptz := clock_timestamp() - make_interval(days => (audit_interno.configuracao('sessao.conferir_corrigidas_dias') #>> '{}')::integer);
  v_maximo bigint := (audit_interno.configuracao('sessao.conferir_corrigidas_linhas') #>> '{}')::bigint;
  v_vezes bigint := (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint;
  v_fuso text := audit.fuso();
  v_ids bigint[];
  v_total bigint;
  v_conferidas bigint;
  v_desfeitas bigint;
  v_obsoletas bigint;
  v_perdidas text;
begin
  select array_agg(c.id), max(c.total) into v_ids, v_total
  from (
    select d.id, count(*) over () as total
    from audit.operacoes o
    join audit.alteracoes a on a.operacao_id = o.id
    join audit.divergencias_processadas d on d.id = a.divergencia_id
    where o.iniciada_em >= v_desde and (o.regra is null or o.regra = conferir_corrigidas.regra.nome)
      and d.regra = conferir_corrigidas.regra.nome and d.tabela = conferir_corrigidas.regra.tabela and d.status = 'corrigida'
    group by d.id
    order by max(o.id) desc, d.id
    limit v_maximo
  ) as c;
  drop table if exists pg_temp.conferente_corrigida;
  create temp table conferente_corrigida on commit drop as
  select d.id as divergencia_id, d.registro_id, d.entrada, null::jsonb as entrada_nossa, d.impressao, u.operacao_id, u.antes, u.depois as esperado,
    p.finalizada_em as corrigida_em
  from (
    select i as id from unnest(v_ids) as i
    union
    select x.divergencia_id
    from audit.operacoes o join audit.deteccoes x on x.operacao_id = o.id
    where o.sessao_id = conferir_corrigidas.sessao_id and o.regra = conferir_corrigidas.regra.nome and o.tipo = 'deteccao'
  ) as c
  -- here and below written so that findings are looked up by id: with old statistics the planner would go through all that is corrigida for each
  join audit.divergencias_processadas d on d.id = c.id and d.status || '' = 'corrigida' and d.tabela = conferir_corrigidas.regra.tabela
  cross join lateral (
    select x.* from audit_interno.ultima_alteracao(d) x
  ) as u
  join audit.operacoes p on p.id = u.operacao_id;
  get diagnostics v_conferidas = row_count;
  select string_agg(k.nome, ', ') into v_perdidas
  -- offset 0: evaluated for each column, not for each correction
  from (select distinct c.nome from pg_temp.conferente_corrigida x cross join lateral jsonb_object_keys(x.esperado) as c (nome) offset 0) as k
  where audit_interno.tipo_coluna(audit_interno.relacao(regra.tabela), k.nome) is null;
  update audit.execucoes_regra e
  set conferidas = v_conferidas, conferencia = nullif(concat_ws('; ',
    case when v_total > v_maximo then format('%s de %s correções anteriores conferidas, as mais novas (sessao.conferir_corrigidas_linhas)', v_maximo, v_total) end,
    case when v_perdidas is not null then format('correções em colunas que não existem mais não foram conferidas: %s', v_perdidas) end), '')
  where e.sessao_id = conferir_corrigidas.sessao_id and e.regra = conferir_corrigidas.regra.nome;
  if v_conferidas = 0 then
    return; -- nor is there a table to look into
  end if;
  perform audit_interno.confrontar_corrigidas(regra);
  if not exists (select from pg_temp.conferente_desfeita) then
    return;
  end if;

  -- Checked once more under a lock: what a person rolls back right now was not undone from outside (if the person gives up, the next session
  -- sees it), and what we have written over it since, for another finding on the row, is meant to be there.
  v_ids := array(
    select d.id from audit.divergencias_processadas d
    where d.id in (select x.divergencia_id from pg_temp.conferente_desfeita x) and d.status || '' = 'corrigida'
    order by d.id for no key update skip locked);
  drop table pg_temp.conferente_corrigida;
  create temp table conferente_corrigida on commit drop as
  select d.id as divergencia_id, d.registro_id, d.entrada, e.entrada as entrada_nossa, d.impressao, u.operacao_id, u.antes, u.depois || coalesce(v.depois, '{}') as esperado,
    greatest(p.finalizada_em, v.finalizada_em) as corrigida_em
  from pg_temp.conferente_desfeita x
  join audit.divergencias_processadas d on d.id = x.divergencia_id and d.id = any (v_ids)
  cross join lateral (
    select x.* from audit_interno.ultima_alteracao(d) x
  ) as u
  join audit.operacoes p on p.id = u.operacao_id
  cross join lateral audit_interno.escritas_depois(d, u.operacao_id, u.depois) as v
  left join audit_interno.entradas_nossas(conferir_corrigidas.regra, array(select x.divergencia_id from pg_temp.conferente_desfeita x)) as e on e.divergencia_id = d.id;
  perform audit_interno.confrontar_corrigidas(regra);

  insert into audit.correcoes_desfeitas (operacao_id, divergencia_id, correcao_operacao_id, situacao, esperado, agora, carregado_em)
  select conferir_corrigidas.operacao_id, x.divergencia_id, x.operacao_id,
    case when not x.existe then 'ausente' when x.voltou then 'valor_anterior' else 'outro_valor' end,
    x.esperado, case when x.existe then x.agora end, case when x.carga > x.corrigida_em then x.carga end
  from pg_temp.conferente_desfeita x
  where not x.existe or x.mesma_entrada;
  get diagnostics v_desfeitas = row_count;
  with julgada as (
    update audit.divergencias_processadas d
    set status = case when x.reaberta then 'aberta' else 'obsoleta' end, vezes_desfeita = d.vezes_desfeita + x.conta,
      decidida_em = clock_timestamp(), decidida_por = 'conferente', proposta_por = null,
      valores_digitados = case when x.reaberta then d.valores_digitados end, -- an entered value goes with the state it was entered for
      motivo = case
        when not x.existe then 'a correção se perdeu: o registro não existe mais'
        when not x.mesma_entrada then 'a chave é agora de outro lançamento'
        else concat(
          case when x.reaberta then 'a correção foi desfeita fora do sistema' else 'o valor corrigido foi trocado por outro fora do sistema' end,
          case when x.carga > x.corrigida_em then format(' pela carga de %s', to_char(x.carga at time zone v_fuso, 'DD/MM/YYYY HH24:MI'))
            when conferir_corrigidas.regra.coluna_carga is null then '; carga não identificada'
            else format('; carga não identificada: %s não é posterior à correção', conferir_corrigidas.regra.coluna_carga) end,
          case when x.reaberta and d.vezes_desfeita + x.conta >= v_vezes
            then format('; desfeita %s vezes, auto já não a refaz', d.vezes_desfeita + x.conta) end) end
    from (
      select y.*, y.existe and y.mesma_entrada and y.voltou and y.impressao = y.impressao_antes as reaberta,
        (not y.existe or y.mesma_entrada)::integer as conta
      from pg_temp.conferente_desfeita y
    ) as x
    where d.id = x.divergencia_id
    returning d.status
  )
  select count(*) filter (where j.status = 'obsoleta') into v_obsoletas from julgada j;
  update audit.execucoes_regra e set desfeitas = v_desfeitas, obsoletas = e.obsoletas + v_obsoletas
  where e.sessao_id = conferir_corrigidas.sessao_id and e.regra = conferir_corrigidas.regra.nome;
end
$$;
comment on function audit_interno.conferir_corrigidas(bigint, audit.regras, bigint) is
  'Records which of the rule''s corrections were undone from outside, and opens or closes their findings.';
