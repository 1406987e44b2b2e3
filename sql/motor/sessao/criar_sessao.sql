-- Checks the request and opens a session: its window, its rules, and the window of each rule.
create or replace function audit_interno.criar_sessao(
  modo text, data_inicio date, data_fim date, regras text[], agendada boolean
)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_regras text[];
  v_estranhas text;
  v_incremental boolean := data_inicio is null and data_fim is null;
  v_agora timestamptz := clock_timestamp();
  v_margem interval := (audit_interno.configuracao('sessao.margem_incremental') #>> '{}')::interval;
  v_primeira interval := (audit_interno.configuracao('sessao.primeira_janela') #>> '{}')::interval;
  v_defeitos text;
begin
  perform audit_interno.recusar_de_dentro();
  perform audit_interno.abrir_meses();
  perform audit_interno.recuperar_transacoes();
  if modo is null or modo not in ('manual', 'auto') then
    raise exception using errcode = 'NC001', message = format('modo inválido: %s', coalesce(modo, 'nulo')),
      hint = 'manual só detecta; auto detecta e corrige o que pode.';
  end if;
  if data_inicio > data_fim then
    raise exception using errcode = 'NC002', message = format('datas invertidas: %s vem depois de %s', data_inicio, data_fim),
      hint = 'data_inicio vem antes de data_fim; os dois dias entram na janela.';
  end if;
  select string_agg(n, ', ') into v_estranhas
  from unnest(criar_sessao.regras) as n where not exists (select from audit.regras r where r.nome = n and r.ativa);
  if v_estranhas is not null or cardinality(criar_sessao.regras) = 0 then
    raise exception using errcode = 'NC003', message = format('regra desconhecida ou inativa: %s', coalesce(v_estranhas, 'nenhuma dada')),
      hint = coalesce('Ativas: ' || (select string_agg(r.nome, ', ' order by r.prioridade, r.nome) from audit.regras r where r.ativa) || '.',
        'Nenhuma regra está ativa.');
  end if;
  select array_agg(r.nome order by r.prioridade, r.nome) into v_regras
  from audit.regras r where r.ativa and (criar_sessao.regras is null or r.nome = any (criar_sessao.regras));
  if v_regras is null then
    raise exception using errcode = 'NC003', message = 'nenhuma regra está ativa';
  end if;
  if not exists (select from audit.regras r where r.nome = any (v_regras) and audit_interno.conferir_regra(r) is null) then
    select string_agg(distinct audit_interno.conferir_regra(r), '; ') into v_defeitos from audit.regras r where r.nome = any (v_regras);
    raise exception using errcode = 'NC010', message = format('o contrato do data warehouse não está completo: %s', v_defeitos),
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
  end if;

  insert into audit.sessoes_processamento (modo, status, data_inicio, data_fim, incremental, regras, solicitada_por,
    inicio_processamento, ultima_atividade, etapa)
  values (criar_sessao.modo, case when agendada then 'agendada' else 'em_andamento' end, criar_sessao.data_inicio,
    criar_sessao.data_fim, v_incremental, v_regras, audit_interno.ator(), case when not agendada then v_agora end, v_agora, 'deteccao')
  returning * into v_sessao;

  insert into audit.execucoes_regra (sessao_id, regra, status, motivo, carregado_desde, carregado_ate)
  select v_sessao.id, r.nome, case when c.defeito is null then 'pendente' else 'pulada' end, c.defeito,
    -- no later than where the session before stopped reading, whatever its margin was
    case when v_incremental then coalesce(least(u.ate - v_margem, u.corte), v_agora - v_primeira) end, case when v_incremental then v_agora end
  from audit.regras r
  -- a fence, or each mention of the answer would ask again
  cross join lateral (select coalesce(audit_interno.conferir_regra(r), audit_interno.conferir_requisitos(r)) as defeito offset 0) as c
  left join lateral audit_interno.sessao_anterior(r.nome, criar_sessao.modo) as u on true
  where r.nome = any (v_regras);
  if v_incremental then
    perform audit_interno.abrir_contagens(v_sessao, v_margem);
  end if;

  update audit.sessoes_processamento s
  set carregado_desde = e.desde, carregado_ate = e.ate
  from (
    select min(e.carregado_desde) as desde, max(e.carregado_ate) as ate
    from audit.execucoes_regra e where e.sessao_id = v_sessao.id
  ) as e
  where s.id = v_sessao.id
  returning s.* into v_sessao;
  return v_sessao;
end
$$;
comment on function audit_interno.criar_sessao(text, date, date, text[], boolean) is
  'Opens a session. NC001 mode, NC002 window reversed, NC003 unknown or inactive rule, NC010 contract incomplete.';
grant usage on schema audit_interno to conferente_operador;
