-- What is known about a problem, in the words in which it was reported. Part of conteudo_canal.
create or replace function audit_interno.texto_alarme(alarme_id bigint)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when a.tipo = 'limite' then (select s.limite_atingido from audit.sessoes_processamento s where s.id = a.sessao_id)
    when a.tipo = 'autonomia' then (select r.automatica_perdida from audit.regras r where r.nome = a.regra)
    when a.tipo = 'falha' and a.regra is not null then (
      select coalesce(e.erro_mensagem, e.motivo) from audit.execucoes_regra e where e.sessao_id = a.sessao_id and e.regra = a.regra)
    when a.tipo = 'falha' and a.sessao_id is not null then (
      select s.mensagem from audit.sessoes_processamento s where s.id = a.sessao_id)
    when a.tipo = 'falha' and a.chave = 'agenda' then (
      select g.erro_mensagem from audit.agendamentos g order by g.previsto_para desc limit 1)
    when a.tipo = 'falha' and a.chave = 'carimbo' then (select f.erro from audit_interno.tentativas_carimbo f)
  end
  from audit_interno.alarmes a
  where a.id = texto_alarme.alarme_id
$$;
comment on function audit_interno.texto_alarme(bigint) is 'A sentence about the problem; null if its kind says everything.';
