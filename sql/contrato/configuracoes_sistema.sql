create table audit.configuracoes_sistema (
  chave text primary key,
  valor jsonb not null,
  tipo text not null check (tipo in ('texto', 'inteiro', 'numero', 'booleano', 'textos', 'motivos', 'intervalo', 'hora', 'cron', 'fuso', 'endereco', 'enderecos', 'url')),
  padrao jsonb not null,
  minimo numeric,
  maximo numeric,
  permitidos jsonb,
  unidade text,
  descricao text not null,
  alterada_em timestamptz not null default now(),
  alterada_por text not null default session_user
);
comment on table audit.configuracoes_sistema is 'Settings that a person may change while the system runs. Change them with audit.alterar_configuracao: every value is checked and every change audited.';
comment on column audit.configuracoes_sistema.chave is 'Name: subject, dot, setting.';
comment on column audit.configuracoes_sistema.valor is 'Value in force, as JSON of the type named in tipo; JSON null while a setting that ships unset is unset.';
comment on column audit.configuracoes_sistema.tipo is 'texto, inteiro, numero, booleano, textos (JSON array of texts), motivos (JSON array of objects with the texts ato and texto), intervalo (PostgreSQL interval as text), hora (HH:MM), cron (five fields of numbers), fuso (IANA time zone), endereco (mail address, with a name before it or without), enderecos (JSON array of plain mail addresses) or url (http or https).';
comment on column audit.configuracoes_sistema.padrao is 'Value that the product ships with; JSON null for what it cannot know, which may be unset again.';
comment on column audit.configuracoes_sistema.minimo is 'Smallest value allowed; seconds for an interval, number of elements for textos, motivos and enderecos.';
comment on column audit.configuracoes_sistema.maximo is 'Largest value allowed; seconds for an interval, number of elements for textos, motivos and enderecos.';
comment on column audit.configuracoes_sistema.permitidos is 'JSON array of the only values allowed, or null.';
comment on column audit.configuracoes_sistema.unidade is 'Unit of the value, for people.';
comment on column audit.configuracoes_sistema.descricao is 'What the setting does.';
comment on column audit.configuracoes_sistema.alterada_em is 'When it was last changed.';
comment on column audit.configuracoes_sistema.alterada_por is 'Who last changed it.';

insert into audit.configuracoes_sistema (chave, valor, padrao, tipo, minimo, maximo, permitidos, unidade, descricao)
select c.chave, c.valor::jsonb, c.valor::jsonb, c.tipo, c.minimo, c.maximo, c.permitidos::jsonb, c.unidade, c.descricao
from (values
  ('sessao.margem_incremental', '"02:00:00"', 'intervalo', 0, 172800, null, null,
    'Quanto a janela incremental recua sobre a anterior: uma carga confirma depois da hora que grava.'),
  ('sessao.atrasadas_dias', '92', 'inteiro', 0, 3660, null, 'dias',
    'Quantos dias de data de lançamento para trás cada sessão incremental conta, para achar linhas de uma carga que confirmou tarde demais; lançamentos mais antigos, ou sem data, não são contados.'),
  ('sessao.primeira_janela', '"24:00:00"', 'intervalo', 3600, 31622400, null, null,
    'Tamanho da primeira janela incremental de uma regra.'),
  ('sessao.tamanho_lote', '10000', 'inteiro', 1, 1000000, null, 'linhas',
    'Correções por lote; cada lote é atômico e, pela linha de comando, confirmado por si.'),
  ('sessao.linhas_por_parte', '500000', 'inteiro', 1, 1000000000, null, 'linhas',
    'Quantas linhas, mais ou menos, tem cada parte em que os trabalhadores repartem a detecção de uma janela longa (meses inteiros); com menos do que o dobro ela fica inteira.'),
  ('sessao.espera_trava', '"00:00:10"', 'intervalo', 0, 600, null, null,
    'Quanto uma correção espera por uma linha que outra transação segura.'),
  ('sessao.conferir_corrigidas_dias', '90', 'inteiro', 0, 3650, null, 'dias',
    'Quantos dias para trás cada sessão confere se o armazém ainda guarda as correções feitas; as mais antigas só quando a regra as encontra de novo.'),
  ('sessao.conferir_corrigidas_linhas', '100000', 'inteiro', 0, 100000000, null, 'correções',
    'Quantas dessas correções, por regra e das mais novas para as mais antigas, cada sessão confere no máximo; o corte é dito.'),
  ('sessao.desfeitas_maximo', '3', 'inteiro', 1, 1000000, null, 'vezes',
    'Desfeita tantas vezes fora do sistema (por cargas), uma correção já não é refeita por auto e espera uma pessoa.'),
  ('limites.linhas', '50000', 'inteiro', 0, 100000000, null, 'linhas',
    'Máximo de correções automáticas por sessão. Acima dele nada é corrigido e um alerta sai.'),
  ('limites.fracao', '0.10', 'numero', 0, 1, null, 'fração da janela',
    'Máxima fração das linhas da janela corrigida por sessão: uma janela cheia de divergências é uma carga quebrada.'),
  ('limites.fracao_a_partir_de', '50', 'inteiro', 0, 1000000, null, 'linhas',
    'A fração só é aplicada quando há mais correções do que isto: duas linhas em três não são uma carga quebrada.'),
  ('limites.valor', '500000000.00', 'numero', 0, 1e15, null, 'BRL',
    'Máxima soma do valor em risco corrigida por sessão.'),
  ('aprovacao.valor_dupla', '100000.00', 'numero', 0, 1e15, null, 'BRL',
    'A partir deste valor em risco uma correção pede duas pessoas e nunca é automática.'),
  ('periodos.fonte', 'null', 'texto', null, null, null, null,
    'Tabela, visão ou função sem argumentos do armazém, com o esquema, que diz que meses estão fechados: colunas mes (date) e, se for o caso, filial (text). Somam-se aos fechados por fechar_periodo. Se não puder ser lida, nada é gravado.'),
  ('resumo.leitores', 'false', 'booleano', null, null, null, null,
    'Se também os leitores e os e-mails veem o resumo do lançamento (fornecedor, documento, data, filial, texto, valor), que revisores e administradores sempre veem.'),
  ('regras.decisoes_minimas', '20', 'inteiro', 1, 100000, null, 'decisões',
    'A partir de quantas decisões, uma delas errada, o limite inferior da precisão decide se a regra corrige sozinha.'),
  ('revisao.motivos', '[{"ato": "rejeitar", "texto": "o lançamento está certo como está"},
    {"ato": "rejeitar", "texto": "combinado com o fornecedor ou previsto em contrato"},
    {"ato": "rejeitar", "texto": "o padrão não vale para este caso"},
    {"ato": "rejeitar", "texto": "parcela ou cobrança recorrente, não é repetição"},
    {"ato": "rejeitar", "texto": "já resolvido na origem"},
    {"ato": "adiar", "texto": "espero resposta do fornecedor"},
    {"ato": "adiar", "texto": "espero a nota ou o crédito"}]', 'motivos', 0, 9, null, null,
    'Motivos que a página de revisão oferece depois de r (ato rejeitar) e de s (ato adiar), cada um numa tecla de 1 a 9, na ordem da lista; outro se escreve.'),
  -- no label is shipped: what means pending or marketing is the ledger's own, and a rule without it is skipped and says so
  ('pendente.rotulos', 'null', 'textos', 0, 100, null, null,
    'Categorias que significam pendente, comparadas sem acento nem caixa; [] se nenhuma. Enquanto for null a regra é pulada.'),
  ('pendente.vazias', 'true', 'booleano', null, null, null, null,
    'Se um lançamento sem categoria também está pendente.'),
  ('pendente.meses_historico', '36', 'inteiro', 1, 240, null, 'meses',
    'Quantos meses de história a inferência de categoria lê.'),
  ('trade_marketing.categoria', 'null', 'texto', null, null, null, null,
    'A categoria em que um lançamento de trade marketing deve estar, como o livro a escreve. Enquanto for null a regra é pulada.'),
  ('trade_marketing.erro_lancamento', '0.03', 'numero', 0.0001, 0.5, null, 'fração dos lançamentos',
    'Quantos lançamentos de trade marketing, mais ou menos, acabam em outra categoria: quanto mais raro o erro, mais um padrão precisa provar.'),
  ('trade_marketing.discordancia_maxima', '0.2', 'numero', 0, 1, null, 'fração do que casa',
    'De quanto do que um padrão novo alcança o livro pode discordar; acima disso ele só é guardado por quem diz que conferiu.'),
  ('trade_marketing.meses_historico', '12', 'inteiro', 0, 240, null, 'meses',
    'Quantos meses antes e depois contam como história do fornecedor contra um padrão de marketing.'),
  ('valores.tolerancia_absoluta', '0.05', 'numero', 0, 1e6, null, 'BRL',
    'Diferença até a qual valor e documento são iguais.'),
  ('valores.tolerancia_relativa', '0', 'numero', 0, 0.5, null, 'fração do documento',
    'Diferença relativa até a qual valor e documento são iguais.'),
  ('valores.digitos_significativos', '0', 'inteiro', 0, 15, null, 'dígitos',
    'Dígitos significativos com que a origem imprime valores; 0 se os imprime por inteiro.'),
  ('valores.dias_duplicidade', '10', 'inteiro', 0, 366, null, 'dias',
    'Até quantos dias de distância o mesmo documento, fornecedor e valor contam como lançado duas vezes.'),
  ('valores.cambio_minimo', '2.5', 'numero', 1, 1000, null, null,
    'Menor razão entre valor e documento que parece uma taxa de câmbio.'),
  ('valores.cambio_maximo', '8', 'numero', 1, 1000, null, null,
    'Maior razão entre valor e documento que parece uma taxa de câmbio.'),
  ('agenda.cron', '"0 7 * * *"', 'cron', null, null, null, null,
    'Quando a sessão diária roda, na hora local de agenda.fuso: minuto, hora, dia do mês, mês, dia da semana (0 e 7 são domingo).'),
  ('agenda.fuso', '"America/Sao_Paulo"', 'fuso', null, null, null, null,
    'Fuso horário em que agenda.cron é lida, se contam os dias e se mostram as horas.'),
  ('agenda.modo', '"auto"', 'texto', null, null, '["auto", "manual"]', null,
    'Modo da sessão diária: manual só detecta; auto detecta e corrige o que pode.'),
  ('acesso.sessao_horas', '10', 'inteiro', 1, 72, null, 'horas',
    'Quanto tempo quem entrou pela página fica dentro, por login único ou por link de uso único.'),
  ('saude.idade_sessao', '"26:00:00"', 'intervalo', 60, 31622400, null, null,
    'A partir desta idade da última sessão terminada /readyz diz que falta uma sessão.'),
  ('saude.espera_correio', '"00:30:00"', 'intervalo', 60, 604800, null, null,
    'A partir desta espera de uma mensagem /readyz diz que o correio não anda.')
) as c (chave, valor, tipo, minimo, maximo, permitidos, unidade, descricao);
