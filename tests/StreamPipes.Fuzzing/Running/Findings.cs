using System.Security.Cryptography;
using System.Text;

namespace StreamPipes.Fuzzing.Running;

/// <summary>
/// Writes inputs that found something, with what they found beside them: one of each kind, a kind being the type of the exception and where it comes from. afl-fuzz
/// keeps only inputs, and many of one kind.
/// </summary>
internal sealed class Findings(string target, string folder)
{
    private const int Frames = 4;

    public void Add(byte[] input, Exception error) => Add("crash", KindOf(error), input, error.ToString());

    public void AddHang(byte[] input, string stage) => Add("hang", stage, input, $"no end in {Watchdog.Limit.TotalSeconds} s, {stage}");

    private void Add(string what, string kind, byte[] input, string text)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(kind)).AsSpan(0, 6));
        string path = Path.Combine(folder, $"{what}-{hash}");
        if (File.Exists(path)) return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(path + ".txt", $"""
            {target}, {input.Length} bytes: {text}

            {Convert.ToBase64String(input)}

            """);
        File.WriteAllBytes(path, input);
    }

    private static string KindOf(Exception error)
    {
        string where = error.StackTrace ?? error.Message;
        return $"{error.GetType()}\n{string.Join('\n', where.Split('\n').Take(Frames))}";
    }
}
