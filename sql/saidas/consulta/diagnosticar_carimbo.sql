-- Part of the diagnosis: whether the head of the chain is stamped, where an authority is configured. Called by audit.diagnosticar_contrato;
-- changes nothing.
create or replace function audit_interno.diagnosticar_carimbo()
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'carimbo do tempo',
    case when f.erro is not null then 'erro' when d.elo is not null then 'aviso' else 'ok' end,
    concat_ws('; ',
      case when u.elo is null then 'nenhum ainda' else format('o último é do elo %s, em %s', u.elo,
        to_char(u.finalizada_em at time zone audit.fuso(), 'DD/MM/YYYY HH24:MI')) end,
      case when f.erro is not null then format('desde %s não foi possível (%s tentativas): %s',
        to_char(f.desde at time zone audit.fuso(), 'DD/MM/YYYY HH24:MI'), f.vezes, f.erro)
        when d.elo is not null then format('falta o do elo %s', d.elo) end),
    case when f.erro is not null then 'O trabalhador tenta de novo, de hora em hora. Confira selo.carimbo_url com quem carimba; um endereço interno pede CONFERENTE_CANAIS_REDES.'
      when d.elo is not null then 'O trabalhador o pede: conferente trabalhar.' end
  from audit.configuracoes_sistema c
  left join lateral (
    select x.elo, o.finalizada_em from audit_interno.carimbos x join audit.operacoes o on o.id = x.operacao_id order by x.elo desc limit 1
  ) as u on true
  left join audit_interno.carimbo_devido() d on true
  left join audit_interno.tentativas_carimbo f on true
  where c.chave = 'selo.carimbo_url' and c.valor <> 'null'
$$;
comment on function audit_interno.diagnosticar_carimbo() is 'The line of the diagnosis on stamps; none if no authority is set.';
