-- Queues a message that says only that the channel works.
create or replace function audit.testar_canal(nome text)
returns audit.notificacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_canal audit.canais;
  v_aviso audit.notificacoes;
  v_operacao bigint;
begin
  select * into v_canal from audit.canais c where c.nome = testar_canal.nome;
  if not found then
    raise exception using errcode = 'NC004', message = format('canal desconhecido: %s', coalesce(testar_canal.nome, 'nulo'));
  elsif not v_canal.ativo then
    raise exception using errcode = 'NC005', message = format('o canal %s está desligado', v_canal.nome),
      hint = 'Para ligá-lo de novo: conferente canais salvar, ou audit.salvar_canal.';
  end if;
  insert into audit.notificacoes (tipo, canal_id) values ('teste', v_canal.id) returning * into v_aviso;
  v_operacao := audit_interno.abrir_operacao('canal', motivo => 'teste do canal',
    detalhes => jsonb_build_object('canal', v_canal.nome, 'notificacao', v_aviso.id));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_aviso;
end
$$;
comment on function audit.testar_canal(text) is
  'Queues a test message to a channel, and returns its row; a worker sends it. Errors: NC004 unknown channel, NC005 it is switched off.';
grant execute on function audit.testar_canal(text) to conferente_administrador;
