-- All facts of one message, decided here; templates only show them.
create or replace function audit_interno.conteudo_mensagem(notificacao_id bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
  v_sessao audit.sessoes_processamento;
  v_fuso text := audit.fuso();
  v_itens integer := (audit_interno.configuracao('correio.itens') #>> '{}')::integer;
  v_conteudo jsonb;
  v_espera jsonb;
begin
  select * into strict v_aviso from audit.notificacoes n where n.id = conteudo_mensagem.notificacao_id;
  v_conteudo := jsonb_build_object(
    'tipo', v_aviso.tipo, 'idioma', audit_interno.configuracao('correio.idioma') #>> '{}', 'fuso', v_fuso,
    'gerado_em', clock_timestamp(), 'criada_em', v_aviso.criada_em,
    'link', audit_interno.pagina(coalesce('?sessao=' || v_aviso.sessao_id, '')),
    'cadeia', (select jsonb_build_object('elo', c.elo, 'selo', encode(c.selo, 'hex')) from audit_interno.cadeia c),
    'correio', audit_interno.conteudo_correio(v_aviso.id, v_fuso));
  if v_aviso.tipo = 'ausencia' then
    return v_conteudo || jsonb_build_object('ausencia', audit_interno.conteudo_ausencia(v_aviso.dia, v_fuso));
  end if;
  if v_aviso.sessao_id is null then -- not even queued by the schedule
    return v_conteudo || jsonb_build_object('agendamento', (
      select jsonb_build_object('previsto_para', a.previsto_para, 'tentativas', a.tentativas, 'codigo', a.erro_codigo, 'mensagem', a.erro_mensagem)
      from audit.agendamentos a
      where a.agendado_em <= v_aviso.criada_em + interval '1 minute' or a.erro_codigo is not null
      order by a.previsto_para desc limit 1));
  end if;
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = v_aviso.sessao_id;
  v_espera := audit_interno.conteudo_espera(v_fuso);
  v_conteudo := v_conteudo || jsonb_build_object(
    'estado', case
      when v_sessao.status = 'concluida_com_falhas' then 'lacunas'
      when v_sessao.status <> 'concluida' then 'falhou'
      when (v_espera ->> 'vencidas')::bigint > 0 then 'vencidas'
      when (v_espera ->> 'total')::bigint > (v_espera ->> 'adiadas')::bigint then 'espera'
      else 'feito' end,
    'sessao', audit_interno.conteudo_sessao(v_sessao.id),
    'lacunas', audit_interno.conteudo_lacunas(v_sessao.id),
    'espera', v_espera,
    'desfeitas', audit_interno.conteudo_desfeitas(v_sessao.id),
    'itens', audit_interno.conteudo_itens(v_sessao.id, v_aviso.tipo = 'divergencias', v_itens));
  if v_aviso.tipo = 'resumo' then
    v_conteudo := v_conteudo || jsonb_build_object('regras', audit_interno.conteudo_regras(v_sessao.id, v_fuso),
      'certificado', audit_interno.conteudo_certificado(v_sessao.id));
    begin
      v_conteudo := v_conteudo || jsonb_build_object('controle', audit_interno.conteudo_controle(v_sessao.id));
    exception when assert_failure or others then -- the warehouse may be what is broken, and the digest must go out anyway
      if audit_interno.falha_de_quem(sqlstate) in ('sessao', 'servidor') then
        raise;
      end if;
      v_conteudo := v_conteudo || jsonb_build_object('controle', jsonb_build_object('erro', audit_interno.sem_segredos(sqlerrm)));
    end;
  elsif v_aviso.tipo = 'divergencias' then
    v_conteudo := v_conteudo || jsonb_build_object('pedem', (
      select jsonb_build_object('total', count(*), 'valor', audit_interno.centavos(coalesce(sum(d.valor_em_risco), 0)),
        'novas', count(*) filter (where d.sessao_id = v_sessao.id))
      from audit_interno.achadas_na_sessao(v_sessao.id) d
      where audit.aguarda_pessoa(d.status)));
  end if;
  return v_conteudo;
end
$$;
comment on function audit_interno.conteudo_mensagem(bigint) is 'JSON object with everything that a message says, as of now. estado, for a session: feito (nothing waits except what was postponed), espera, vencidas (something has waited longer than correio.dias_vencimento), lacunas (something was left out) or falhou.';
