using System.Buffers;
using System.IO.Pipelines;
using InMemory;

namespace StreamPipes.Samples.Tests.InMemory;

/// <summary>The sample's tests pass, and they can fail.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task All_tests_of_the_sample_pass()
    {
        ProcessResult result = await ExternalProcess.RunAsync("dotnet", [typeof(Program).Assembly.Location]);
        result.ExitCode.Should().Be(0);
        result.Output.Trim().Split('\n').Should().HaveCount(7).And.OnlyContain(line => line.StartsWith("ok ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reader_that_takes_a_message_to_come_in_one_piece_is_found_out() =>
        (await FailuresOf(async (reader, cancellationToken) =>
        {
            ReadResult result = await reader.ReadAsync(cancellationToken);
            byte[] bytes = result.Buffer.ToArray();
            int colon = Array.IndexOf(bytes, (byte)':');
            if (colon < 0) return null;
            int length = int.Parse(bytes.AsSpan(0, colon), System.Globalization.CultureInfo.InvariantCulture);
            byte[] message = bytes[(colon + 1)..Math.Min(bytes.Length, colon + 1 + length)];
            reader.AdvanceTo(result.Buffer.GetPosition(Math.Min(bytes.Length, colon + 2 + length)));
            return message;
        })).Should().ContainAll("Messages come whole from reads of every size", "Every text comes back on a thousand networks");

    [Fact]
    public async Task A_reader_that_swallows_errors_is_found_out() =>
        (await FailuresOf(async (reader, cancellationToken) =>
        {
            try
            {
                return await NetstringReader.ReadAsync(reader, cancellationToken);
            }
            catch (Exception)
            {
                // The very fault that the sample's tests are to find.
                return null;
            }
        })).Should().ContainAll(
            "A message that is cut off anywhere is an error", "A connection that breaks delivers what came before", "A read that is cancelled loses nothing");

    private static async Task<string> FailuresOf(NetstringTests.Read reader)
    {
        using StringWriter output = new();
        int failed = await Program.RunAsync(reader, output).WaitAsync(TimeSpan.FromSeconds(60));
        string[] lines = [.. output.ToString().Split('\n').Where(line => line.StartsWith("FAILED", StringComparison.Ordinal))];
        lines.Should().HaveCount(failed);
        return string.Join('\n', lines);
    }
}
