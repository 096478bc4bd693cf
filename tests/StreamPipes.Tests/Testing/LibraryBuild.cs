namespace StreamPipes.Tests.Testing;

/// <summary>Which build of the library is under test; see <c>LibraryTarget</c> in the project file.</summary>
internal static class LibraryBuild
{
    /// <summary>
    /// The netstandard2.0 build: <see cref="Stream"/> there has neither the memory-based methods nor an asynchronous dispose to override,
    /// so that the framework leads both to the array-based and the blocking ones.
    /// </summary>
#if LIBRARY_NETSTANDARD
    public static bool IsNetStandard => true;
#else
    public static bool IsNetStandard => false;
#endif
}
