using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using JsonLines;
using LineServer;

namespace StreamPipes.Samples.Tests.JsonLines;

/// <summary>The sample's client and server, together and each against bytes written by hand.</summary>
public sealed class JsonLinesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_client_receives_the_answer_to_every_question_in_order_and_then_the_end(bool usesTls)
    {
        const int Count = 10_000;
        await using Server server = new(usesTls);
        await using PipeConnection connection = await server.ConnectAsync().Guarded();
        int received = 0;
        await foreach (Answer answer in JsonClient.AskAsync(connection, QuestionsAsync(Count)))
            answer.Should().Be(new Answer(received, 1 + (received++ % 5)));
        received.Should().Be(Count);
    }

    [Fact]
    public async Task A_question_is_answered_before_the_next_one_is_asked()
    {
        await using Server server = new();
        await using PipeConnection connection = await server.ConnectAsync().Guarded();
        using SemaphoreSlim answered = new(1);
        async IAsyncEnumerable<Question> OneByOneAsync()
        {
            for (int i = 0; i < 10; i++)
            {
                await answered.WaitAsync().Guarded();
                yield return new Question(i, "one");
            }
        }

        await foreach (Answer answer in JsonClient.AskAsync(connection, OneByOneAsync())) answered.Release();
        answered.CurrentCount.Should().Be(1);
    }

    [Theory]
    [InlineData("{\"id\":")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"id\":1,\"text\":\"a\"} {}")]
    [InlineData("{\"id\":1}")]
    [InlineData("{\"id\":1,\"text\":null}")]
    [InlineData("{\"id\":\"1\",\"text\":\"a\"}")]
    public async Task A_line_that_is_no_question_is_answered_with_an_error_and_the_connection_continues(string line)
    {
        await using Server server = new();
        await using PipeConnection client = await server.ConnectAsync().Guarded();
        await client.Output.WriteTextAsync(line + "\n{\"id\":2,\"text\":\"still here\"}\n");
        await client.Output.CompleteAsync().Guarded();
        string[] answers = await AnswersAsync(client);
        answers.Should().HaveCount(2);
        answers[0].Should().StartWith("{\"error\":\"");
        answers[1].Should().Be("{\"id\":2,\"words\":2}");
    }

    [Theory]
    [InlineData(50_000, "\n", "longer than the 4096 bytes allowed")]
    [InlineData(10, "", "The stream ended inside a frame")]
    public async Task A_line_that_is_too_long_or_cut_off_is_answered_with_an_error_before_the_end(int length, string end, string error)
    {
        await using Server server = new();
        await using PipeConnection client = await server.ConnectAsync().Guarded();
        await client.Output.WriteTextAsync("{\"id\":1,\"text\":\"fine\"}\n" + new string('x', length) + end);
        await client.Output.CompleteAsync().Guarded();
        string[] answers = await AnswersAsync(client);
        answers.Should().HaveCount(2);
        answers[0].Should().Be("{\"id\":1,\"words\":1}");
        answers[1].Should().StartWith("{\"error\":\"").And.Contain(error);
    }

    [Fact]
    public async Task A_source_of_questions_that_fails_ends_the_answers_with_its_exception()
    {
        await using Server server = new();
        await using PipeConnection connection = await server.ConnectAsync().Guarded();
        static async IAsyncEnumerable<Question> FailingAsync()
        {
            yield return new Question(1, "one");
            await Task.Yield();
            throw new InvalidOperationException("no more questions");
        }

        List<Answer> answers = [];
        async Task AskAsync()
        {
            await foreach (Answer answer in JsonClient.AskAsync(connection, FailingAsync())) answers.Add(answer);
        }

        await FluentActions.Awaiting(() => AskAsync().Guarded()).Should().ThrowAsync<InvalidOperationException>().WithMessage("no more questions");
        answers.Should().Equal(new Answer(1, 1));
    }

    [Fact]
    public async Task The_program_asks_its_questions_and_ends()
    {
        ProcessResult result = await ExternalProcess.RunAsync("dotnet", [typeof(JsonClient).Assembly.Location]);
        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().Contain("Id = 1, Words = 5").And.Contain("Id = 2, Words = 3");
    }

    private static async Task<string[]> AnswersAsync(PipeConnection client) =>
        Encoding.UTF8.GetString(await client.Input.TakeAllAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async IAsyncEnumerable<Question> QuestionsAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (i % 1000 == 0) await Task.Yield();
            yield return new Question(i, string.Join(' ', Enumerable.Repeat("word", 1 + (i % 5))));
        }
    }

    private sealed class Server : IAsyncDisposable
    {
        private readonly X509Certificate2? _certificate;
        private readonly PipeListener _listener;
        private readonly Task _serving;

        public Server(bool usesTls = false)
        {
            _certificate = usesTls ? SampleCertificate.Create() : null;
            PipeListenerOptions options = new() { Tls = _certificate is null ? null : new SslServerAuthenticationOptions { ServerCertificate = _certificate } };
            _listener = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0), options);
            _serving = _listener.ServeAsync(JsonServer.ServeAsync);
        }

        public async Task<PipeConnection> ConnectAsync()
        {
            if (_certificate is null) return await SocketConnection.ConnectAsync(_listener.LocalEndPoint);
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(_certificate);
            return await TlsConnection.ConnectAsync(_listener.LocalEndPoint, new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy });
        }

        public async ValueTask DisposeAsync()
        {
            await _listener.DisposeAsync().Guarded();
            await _serving.Guarded();
            _certificate?.Dispose();
        }
    }
}
