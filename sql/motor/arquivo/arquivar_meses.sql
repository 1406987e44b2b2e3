-- Detaches old months of facts, once the trail that holds them has been exported and proven. Operations, findings, decisions and exceptions
-- stay: so the chain stays whole, rejected findings stay silent, and rules keep what they earned. What later sessions and verifications need
-- of the facts stays too (audit_interno.divergencias_arquivadas), and the last state of each row whose changes are facts is recorded again.
-- At the end the operations must still have the digests that were sealed, or everything is undone.
create or replace function audit.arquivar_meses(
  ate date, motivo text, exportacao bigint default null, elo bigint default null, selo text default null, apagar boolean default false,
  simular boolean default false
)
returns table (operacao_id bigint, mes_inicio date, mes_fim date, operacoes bigint, fatos bigint, elo_inicial bigint, elo_final bigint)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
set lock_timeout = '10s'
set bytea_output = 'hex'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(arquivar_meses.motivo);
  v_ate date := date_trunc('month', case when isfinite(ate) then ate end)::date;
  -- what sessions compare with the warehouse stays, too
  v_fica date := date_trunc('month', least(audit.hoje() - make_interval(months => (audit_interno.configuracao('arquivo.meses') #>> '{}')::integer),
    audit.hoje() - make_interval(days => (audit_interno.configuracao('sessao.conferir_corrigidas_dias') #>> '{}')::integer)))::date;
  v_meses date[];
  v_exportacao audit.operacoes;
  v_certificados jsonb;
  v_quebrada bigint;
  v_parte record;
begin
  perform audit_interno.recusar_de_dentro();
  if v_ate is null then
    raise exception using errcode = 'NC009', message = 'falta o último mês a arquivar', hint = 'Em ate, informe um dia qualquer desse mês.';
  end if;
  if v_ate >= v_fica then
    raise exception using errcode = 'NC044', message = format('%s ainda não pode ir para o arquivo', to_char(v_ate, 'MM/YYYY')),
      detail = 'Ficam no banco os meses em que uma correção ainda pode ser revertida (arquivo.meses) ou ainda é comparada com o data warehouse (sessao.conferir_corrigidas_dias).',
      hint = format('Nada foi feito. O último mês que pode ir é %s.', to_char(v_fica - 1, 'MM/YYYY'));
  end if;
  lock table audit.deteccoes, audit.alteracoes, audit.correcoes_desfeitas, audit_interno.estados in share update exclusive mode; -- one at a time
  select array_agg(distinct p.mes order by p.mes) into v_meses from audit_interno.partes_mensais(v_ate) p;
  if v_meses is null then
    raise exception using errcode = 'NC005', message = format('não há nada a arquivar até %s', to_char(v_ate, 'MM/YYYY')),
      hint = 'Nada foi feito. O que já foi arquivado: select * from audit.arquivamentos().';
  end if;

  drop table if exists pg_temp.conferente_arquivada;
  create temp table conferente_arquivada on commit drop as
  select coalesce(d.operacao_id, a.operacao_id, u.operacao_id, s.operacao_id) as id, least(d.mes, a.mes, u.mes, s.mes) as mes,
    coalesce(d.fatos, 0) + coalesce(a.fatos, 0) + coalesce(u.fatos, 0) + coalesce(s.fatos, 0) as fatos,
    d.resumo as deteccoes, a.resumo as alteracoes, u.resumo as correcoes_desfeitas, s.resumo as estados
  from audit_interno.resumos_mensais('deteccoes', 'audit.deteccoes', v_ate) d
  full join audit_interno.resumos_mensais('alteracoes', 'audit.alteracoes', v_ate) a on a.operacao_id = d.operacao_id
  full join audit_interno.resumos_mensais('correcoes_desfeitas', 'audit.correcoes_desfeitas', v_ate) u on u.operacao_id = coalesce(d.operacao_id, a.operacao_id)
  full join audit_interno.resumos_mensais('estados', 'audit_interno.estados', v_ate) s on s.operacao_id = coalesce(d.operacao_id, a.operacao_id, u.operacao_id);
  select v_meses[1], v_meses[cardinality(v_meses)], count(*), coalesce(sum(x.fatos), 0), min(o.elo), max(o.elo),
    min(x.id) filter (where o.elo is null)
  into mes_inicio, mes_fim, operacoes, fatos, elo_inicial, elo_final, v_quebrada
  from pg_temp.conferente_arquivada x
  left join audit.operacoes o on o.id = x.id;
  if v_quebrada is not null then
    raise exception using errcode = 'NC044', message = format('a operação %s ainda não tem selo', v_quebrada),
      hint = 'Nada foi feito. O trabalhador (conferente trabalhar) sela o que espera; depois confira com conferente verificar.';
  end if;
  if simular then
    return next;
    return;
  end if;

  select o.* into v_exportacao from audit.operacoes o
  where o.id = exportacao and o.tipo = 'exportacao' and o.status = 'concluida' and o.detalhes ->> 'formato' = 'trilha' and o.detalhes ->> 'sha256' ~ '^[0-9a-f]{64}$';
  if v_exportacao.id is null or coalesce(arquivar_meses.elo < elo_final, true) or not exists (
    select from audit.operacoes o
    where o.elo = arquivar_meses.elo and encode(o.selo, 'hex') = lower(btrim(arquivar_meses.selo)) and o.finalizada_em <= v_exportacao.finalizada_em)
  then
    raise exception using errcode = 'NC001', message = 'a trilha exportada não contém estes meses, ou não é desta cadeia',
      detail = format('A exportação vai até o elo %s; o último fato a arquivar é do elo %s.', coalesce(arquivar_meses.elo::text, 'nenhum'), elo_final),
      hint = 'Nada foi feito. conferente arquivar exporta a trilha, prova o arquivo e só então arquiva.';
  end if;

  select jsonb_agg(to_jsonb(c) order by c.mes_certificado) into v_certificados
  from (
    select distinct date_trunc('month', o.iniciada_em at time zone audit.fuso())::date as mes
    from pg_temp.conferente_arquivada x join audit.operacoes o on o.id = x.id
    where o.tipo = 'correcao' and x.alteracoes is not null
    except -- certified when the beginning of the month was archived
    select date_trunc('month', o.iniciada_em at time zone audit.fuso())::date
    from audit_interno.fatos_arquivados f join audit.operacoes o on o.id = f.operacao_id
    where o.tipo = 'correcao' and f.alteracoes is not null
  ) as m
  cross join lateral audit.certificado(m.mes) c;

  operacao_id := audit_interno.abrir_operacao('arquivamento', motivo => v_motivo);
  insert into audit_interno.fatos_arquivados (operacao_id, arquivamento_id, mes, fatos, deteccoes, alteracoes, correcoes_desfeitas, estados)
  select x.id, arquivar_meses.operacao_id, x.mes, x.fatos, x.deteccoes, x.alteracoes, x.correcoes_desfeitas, x.estados
  from pg_temp.conferente_arquivada x;
  insert into audit_interno.divergencias_arquivadas as v (divergencia_id, arquivamento_id, vezes, sessao_primeira_id, deteccao_id, resumo, alteracao_id)
  select coalesce(d.id, a.id), arquivar_meses.operacao_id, coalesce(d.vezes, 0), d.sessao_primeira_id, d.deteccao_id, d.resumo, a.alteracao_id
  from (
    select x.divergencia_id as id, count(*)::integer as vezes, (array_agg(o.sessao_id order by o.elo))[1] as sessao_primeira_id,
      (array_agg(o.id order by o.elo desc))[1] as deteccao_id, (array_agg(x.resumo order by o.elo desc))[1] as resumo
    from audit.deteccoes x join audit.operacoes o on o.id = x.operacao_id
    where x.mes <= v_ate
    group by x.divergencia_id
  ) as d
  full join (
    select y.divergencia_id as id, max(y.operacao_id) as alteracao_id from audit.alteracoes y where y.mes <= v_ate group by y.divergencia_id
  ) as a on a.id = d.id
  on conflict (divergencia_id) do update
  set arquivamento_id = excluded.arquivamento_id, vezes = v.vezes + excluded.vezes, sessao_primeira_id = coalesce(v.sessao_primeira_id, excluded.sessao_primeira_id),
    deteccao_id = coalesce(excluded.deteccao_id, v.deteccao_id), resumo = coalesce(excluded.resumo, v.resumo),
    alteracao_id = coalesce(excluded.alteracao_id, v.alteracao_id);
  insert into audit_interno.estados (operacao_id, tabela, chaves, resumos, autor, sal, autoria)
  select arquivar_meses.operacao_id, y.tabela, array_agg(y.chave order by y.n), array_agg(y.resumo order by y.n), y.autor, y.sal,
    sha256(y.sal || convert_to(y.autor, 'UTF8'))
  from (
    select u.*, row_number() over (partition by u.tabela, u.autor, u.sal order by u.chave collate "C") as n
    from audit_interno.ultimos_estados() u
    join pg_temp.conferente_arquivada x on x.id = u.operacao_id
    where u.resumo is not null or u.autor is not null
  ) as y
  group by y.tabela, y.autor, y.sal, (y.n - 1) / 10000;

  -- Readers and writers of these tables hold locks that this needs. Waiting while holding one of them could stop a session, so it takes all
  -- locks at once or none, and tries again for ten seconds.
  for v_vez in 1..20 loop
    begin
      lock table audit.deteccoes, audit.alteracoes, audit.correcoes_desfeitas, audit_interno.estados in access exclusive mode nowait;
      exit;
    exception when lock_not_available then
      if v_vez = 20 then
        raise;
      end if;
    end;
    perform pg_sleep(0.5);
  end loop;
  for v_parte in select p.* from audit_interno.partes_mensais(v_ate) p order by p.tabela, p.mes loop -- a turn for each partition
    execute format('alter table %s detach partition audit_interno.%I', v_parte.tabela, v_parte.nome);
    if apagar then
      execute format('drop table audit_interno.%I', v_parte.nome);
    else
      execute format('create trigger proteger before update or delete on audit_interno.%I for each row execute function audit_interno.recusar_mudanca()', v_parte.nome);
      execute format('alter table audit_interno.%I set schema audit_arquivo', v_parte.nome);
      execute format('grant select on audit_arquivo.%I to conferente_administrador', v_parte.nome);
    end if;
  end loop;
  select min(x.id) into v_quebrada
  from pg_temp.conferente_arquivada x join audit.operacoes o on o.id = x.id
  where o.resumo is distinct from audit_interno.resumo_operacao(x.id);
  if v_quebrada is not null then
    raise exception using errcode = 'NC044', message = format('a trilha está quebrada na operação %s', v_quebrada),
      hint = 'Nada foi feito. Veja conferente verificar.';
  end if;
  perform audit_interno.fechar_operacao(arquivar_meses.operacao_id, fatos, detalhes => jsonb_build_object(
    'mes_inicio', mes_inicio, 'mes_fim', mes_fim, 'operacoes', operacoes, 'fatos', fatos, 'elo_inicial', elo_inicial, 'elo_final', elo_final,
    'exportacao', v_exportacao.id, 'arquivo_sha256', v_exportacao.detalhes ->> 'sha256', 'arquivo_elo', arquivar_meses.elo,
    'arquivo_selo', lower(btrim(arquivar_meses.selo)), 'apagados', apagar, 'certificados', coalesce(v_certificados, '[]'),
    'resumo', audit_interno.resumo_arquivamento(arquivar_meses.operacao_id)));
  return next;
end
$$;
comment on function audit.arquivar_meses(date, text, bigint, bigint, text, boolean, boolean) is
  'Detaches the months of facts (detections, alterations, corrections seen undone, states) up to that of ate, which an exported and proven trail holds: exportacao is the operation of the export, elo and selo the head at which its file ends. They stay in schema audit_arquivo, for administrators to read; with apagar they are deleted. simular: returns what would be archived, and does nothing. Returns the months, how many operations and facts, and their first and last link. Errors: NC001 the export does not hold them, NC005 nothing to archive, NC006 reason missing, NC009 no month, NC044 too recent (settings arquivo.meses, sessao.conferir_corrigidas_dias), not sealed, or a broken trail, 55P03 the tables are in use.';
grant execute on function audit.arquivar_meses(date, text, bigint, bigint, text, boolean, boolean) to conferente_administrador;
