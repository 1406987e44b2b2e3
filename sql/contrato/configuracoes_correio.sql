-- The settings of mail and of the dead-man's check.
insert into audit.configuracoes_sistema (chave, valor, padrao, tipo, minimo, maximo, permitidos, unidade, descricao)
select c.chave, c.valor::jsonb, c.valor::jsonb, c.tipo, c.minimo, c.maximo, c.permitidos::jsonb, c.unidade, c.descricao
from (values
  ('correio.destinatarios', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe as mensagens que não têm uma lista própria. Sem ninguém, nada é enviado e cada mensagem fica dispensada.'),
  ('correio.destinatarios_divergencias', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o alerta de divergências que esperam uma pessoa; vazia: correio.destinatarios.'),
  ('correio.destinatarios_resumo', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o resumo de cada sessão; vazia: correio.destinatarios.'),
  ('correio.destinatarios_falha', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o aviso de falha crítica; vazia: correio.destinatarios.'),
  ('correio.destinatarios_limite', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o aviso de limite atingido; vazia: correio.destinatarios.'),
  ('correio.destinatarios_ausencia', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o aviso de que nenhuma sessão do dia terminou; vazia: correio.destinatarios.'),
  ('correio.remetente', '"Conferente <conferente@localhost>"', 'endereco', null, null, null, null,
    'Remetente das mensagens.'),
  ('correio.pagina', '"http://localhost:8000"', 'url', null, null, null, null,
    'Endereço em que as pessoas acessam este sistema; os links das mensagens começam com ele.'),
  ('correio.idioma', '"pt-BR"', 'texto', null, null, '["pt-BR", "en"]', null,
    'Idioma das mensagens.'),
  ('correio.itens', '10', 'inteiro', 0, 50, null, 'divergências',
    'Quantas das maiores divergências uma mensagem mostra.'),
  ('correio.limite_anexo', '5000', 'inteiro', 0, 25000, null, 'kB',
    'Tamanho somado dos anexos do resumo; acima dele vai um link no lugar. 0: nunca anexa.'),
  ('correio.dias_vencimento', '7', 'inteiro', 1, 365, null, 'dias',
    'Depois de quantos dias à espera de uma pessoa uma divergência conta como vencida.'),
  ('agenda.prazo', '"08:00"', 'hora', null, null, null, null,
    'Hora local de agenda.fuso até a qual a sessão do dia deve ter terminado; depois dela sai um aviso.')
) as c (chave, valor, tipo, minimo, maximo, permitidos, unidade, descricao);
